"""Decisions of labelling: what becomes of the event, of its messages and of the catalogue."""

import asyncio

import pytest

from shared.contracts.topics import CATALOGUE, DECISIONS
from tests.integration.registration.world import event_content, eventually


@pytest.mark.parametrize("verdict", ["labelled", "refused", "in_review"])
async def test_a_verdict_becomes_the_status(registration, edition, organiser, verdict):
    event = await registration.submit(edition, organiser)
    await registration.decide(event["id"], verdict)
    assert await registration.events_told(event["id"], count=2) == [
        ("submitted", 1, "submitted"),
        (verdict, 1, verdict),
    ]
    seen = await registration.http.get(f"/v1/events/{event['id']}", headers=organiser.headers)
    assert seen.json()["status"] == verdict
    in_programme = verdict == "labelled"
    told = await registration.messages(CATALOGUE, event["id"], count=int(in_programme))
    assert [each.change for each in told] == ["published"] * in_programme
    public = await registration.http.get(f"/v1/events/{event['id']}")
    assert public.status_code == (200 if in_programme else 404)


async def test_the_catalogue_follows_every_turn(registration, edition, organiser):
    content = event_content()
    event = await registration.submit(edition, organiser, **content)
    id_ = event["id"]
    await registration.decide(id_, "in_review")
    await registration.decide(id_, "labelled")
    await registration.amend(id_, organiser.headers, content | {"title": "Une autre visite"})
    await registration.decide(id_, "in_review", revision=2)
    await registration.decide(id_, "labelled", revision=2)
    await registration.amend(id_, organiser.headers, content | {"title": "Encore une autre visite"})
    await registration.decide(id_, "labelled", revision=3)
    await registration.decide(id_, "refused", revision=3)
    told = await registration.messages(CATALOGUE, id_, count=5)
    assert told[0].body.page == f"/evenements/{id_}"
    assert [each.change for each in told] == ["published", "tombstone", "published", "changed", "tombstone"]
    assert [each.body.event.title for each in told if each.body][1:] == ["Une autre visite", "Encore une autre visite"]
    assert [change for change, *_ in await registration.events_told(id_, count=9)] == [
        "submitted", "in_review", "labelled", "amended", "in_review", "labelled", "amended", "labelled", "refused",
    ]  # fmt: skip


async def test_a_decision_on_an_older_revision_says_nothing(registration, edition, organiser):
    content = event_content()
    event = await registration.submit(edition, organiser, **content)
    await registration.amend(event["id"], organiser.headers, content | {"price_cents": 0, "type": "workshop"})
    await registration.decide(event["id"], "refused", revision=1)
    await registration.decide(event["id"], "labelled", revision=2)
    told = await registration.events_told(event["id"], count=3)
    assert told[1:] == [("amended", 2, "submitted"), ("labelled", 2, "labelled")]


async def test_a_decision_redelivered_changes_nothing(registration, edition, organiser):
    event = await registration.submit(edition, organiser)
    await registration.decide(event["id"], "in_review", sequence=1)
    await registration.decide(event["id"], "labelled", sequence=2)
    for sequence, verdict in ((1, "in_review"), (2, "labelled"), (1, "refused")):
        await registration.send_decision(event["id"], verdict, sequence=sequence)
    await registration.decide(event["id"], "labelled", sequence=3)
    told = await registration.events_told(event["id"], count=3)
    assert [status for *_, status in told] == ["submitted", "in_review", "labelled"]


async def test_many_decisions_at_once_are_taken_over_each(registration, edition, organiser):
    events = [(await registration.submit(edition, organiser))["id"] for _ in range(30)]
    await asyncio.gather(*(registration.send_decision(id_, "labelled") for id_ in events))
    for id_ in events:
        assert (await registration.events_told(id_, count=2))[1] == ("labelled", 1, "labelled")


async def test_a_decision_on_an_unknown_event_is_laid_aside_alone(registration, edition, organiser):
    event = await registration.submit(edition, organiser)
    unknown = "01a20b7b-6a1d-7589-a8fd-26207beacaf0"
    await asyncio.gather(
        registration.send_decision(unknown, "labelled"), registration.send_decision(event["id"], "labelled")
    )
    await registration.events_told(event["id"], count=2)
    reason = "SELECT reason FROM dead_letters WHERE topic = $1 AND reason LIKE '%' || $2"
    found = await eventually(lambda: registration.value(reason, DECISIONS.name, unknown))
    assert found == f"refused: there is no event {unknown}"
