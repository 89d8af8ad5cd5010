"""Who works at a review has it alone; nothing is decided twice, however many are at it."""

import asyncio
import random

import pytest

from tests.integration.labelling.committee import REASON, referent, staff


@pytest.fixture
def in_review(labelling, edition, new_event):
    """`await in_review(departement="67")`: an event whose audience is not stated."""

    async def made(*, departement="67", **changes):
        event = new_event(audience=(), departement=departement, **changes)
        assert (await labelling.decided(event)).decision.verdict == "in_review"
        return event

    return made


@pytest.fixture
def ana(labelling):
    return referent(labelling, "ana")


@pytest.fixture
def ben(labelling):
    return referent(labelling, "ben")


async def _lapse(labelling, event):
    """As if the lease had run out."""
    async with labelling.service.database.transaction() as connection:
        await connection.execute(
            "UPDATE reviews SET claimed_until = now() - interval '1 second' WHERE event_id = $1", event.id
        )


async def test_what_is_claimed_is_nobody_elses(ana, ben, in_review):
    event = await in_review()
    claimed = await ana.claim(event)
    assert (claimed.status_code, claimed.json()["claimed_by"]) == (200, "ana")
    for refused in (await ben.claim(event), await ben.decide(event), await ben.post(f"/v1/reviews/{event.id}/release")):
        assert (refused.status_code, refused.json()["title"]) == (409, "Claimed by somebody else")
        assert "ana has it until" in refused.json()["detail"]
    assert str(event.id) in await ana.queue(claimed_by="mine")
    assert str(event.id) in await ben.queue(claimed_by="others")
    assert str(event.id) not in await ben.queue(claimed_by="nobody")
    assert (await ana.claim(event)).json()["claimed_until"] >= claimed.json()["claimed_until"]
    assert (await ana.decide(event)).status_code == 201


async def test_a_lease_that_has_run_out_holds_nobody_up(labelling, ana, ben, in_review):
    event = await in_review()
    await ana.claim(event)
    await _lapse(labelling, event)
    assert (await ben.review(event))["claimed_by"] is None
    assert str(event.id) in await ben.queue(claimed_by="nobody")
    assert (await ben.claim(event)).json()["claimed_by"] == "ben"
    assert (await ana.decide(event)).status_code == 409


async def test_what_is_released_is_free(labelling, ana, ben, in_review):
    event = await in_review()
    await ana.claim(event)
    assert (await ana.post(f"/v1/reviews/{event.id}/release")).json()["claimed_by"] is None
    await ben.claim(event)
    assert (await staff(labelling).post(f"/v1/reviews/{event.id}/release")).status_code == 200
    assert (await ana.decide(event)).status_code == 201


async def test_a_review_is_handed_over_with_a_word(ana, ben, in_review):
    event = await in_review()
    await ana.claim(event)
    word = {"to": "ben", "text": "L’organisateur rappelle demain."}
    assert (await ben.post(f"/v1/reviews/{event.id}/handover", **word)).status_code == 409
    assert (await ana.post(f"/v1/reviews/{event.id}/handover", **word)).json()["claimed_by"] == "ben"
    assert (await ana.decide(event)).status_code == 409
    said = (await ben.review(event))["comments"]
    assert [(each["author"], each["handed_to"], each["text"]) for each in said] == [("ana", "ben", word["text"])]
    assert (await ben.decide(event)).status_code == 201


async def test_comments_stay_with_the_event(labelling, ana, ben, in_review):
    event = await in_review()
    assert (await ana.post(f"/v1/reviews/{event.id}/comments", text="Site classé.")).status_code == 201
    await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    await ben.decide(event)
    assert (await ben.post(f"/v1/reviews/{event.id}/comments", text="Vu.")).status_code == 201
    assert [each["text"] for each in (await ana.review(event))["comments"]] == ["Site classé.", "Vu."]


async def test_a_review_shows_all_that_a_decision_needs(ana, in_review):
    event = await in_review()
    review = await ana.review(event)
    assert review["event"]["description"] == event.description
    assert [each["criterion"] for each in review["questions"]] == ["audience"]
    assert len(review["criteria"]) > len(review["questions"])
    assert (review["appeal"], review["appeal_reason"]) == (False, None)


async def test_another_territory_neither_sees_nor_claims(labelling, in_review):
    event, overseas = await in_review(), await in_review(departement="974", time_zone="Indian/Reunion")
    other = referent(labelling, "cleo", departement="974")
    for path in ("claim", "release"):
        assert (await other.post(f"/v1/reviews/{event.id}/{path}")).status_code == 403
    assert (await other.post(f"/v1/reviews/{event.id}/comments", text="Vu.")).status_code == 403
    answer = await labelling.http.get(
        f"/v1/reviews/{event.id}", headers=labelling.bearer("referent", departement="974")
    )
    assert answer.status_code == 403
    queue = await other.queue()
    assert str(overseas.id) in queue
    assert str(event.id) not in queue
    assert (await other.claim(overseas)).status_code == 200


async def test_the_day_ends_where_the_event_is(labelling, in_review):
    event = await in_review(departement="974", time_zone="Indian/Reunion")
    review = await staff(labelling).review(event)
    assert review["due_before"].replace("Z", "+00:00") == "2020-02-07T20:00:00+00:00"


async def test_who_read_another_revision_decides_nothing(labelling, ana, in_review):
    event = await in_review()
    await labelling.decided(event.model_copy(update={"revision": 2}), sequence=2)
    refused = await ana.decide(event, revision=1)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "revision")
    assert (await ana.decide(event, revision=2)).status_code == 201


async def test_many_are_decided_with_one_reason(labelling, ana, ben, in_review, new_event):
    first, second, claimed, elsewhere = (
        await in_review(), await in_review(), await in_review(), await in_review(departement="68")
    )  # fmt: skip
    unknown = new_event()
    await ben.claim(claimed)
    ids = [str(event.id) for event in (claimed, second, unknown, first, elsewhere, first)]
    answer = await ana.post("/v1/reviews", event_ids=ids, verdict="refused", reason=REASON)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["decided"] == 2
    assert [each["event_id"] for each in body["results"]] == ids[:-1]
    assert [each["status"] for each in body["results"]] == [409, 201, 404, 201, 403]
    for event in (first, second):
        _, message = (await labelling.decisions_on(event, count=2))[-1]
        assert (message.decision.verdict, message.decision.note) == ("refused", REASON)
    assert len(labelling.published[claimed.id]) == len(labelling.published[elsewhere.id]) == 1


async def test_nothing_is_decided_twice_by_two_referents_at_once(labelling, in_review):
    """Six people at twelve events: they claim, decide one or many, hand over and amend, all at the same time."""
    events = [await in_review() for _ in range(12)]
    people = [referent(labelling, f"referent-{number}") for number in range(6)]
    chance = random.Random(7)

    async def work(member, number: int) -> int:
        decided = 0
        for event in chance.sample(events, len(events)):
            if number % 3 == 0:
                await member.claim(event)
            if number % 3 == 1:
                some = [str(each.id) for each in chance.sample(events, 4)]
                answer = await member.post("/v1/reviews", event_ids=some, verdict="refused", reason=REASON)
                assert answer.status_code == 200, answer.text
                decided += answer.json()["decided"]
            answer = await member.decide(event)
            assert answer.status_code in {201, 409}, answer.text
            decided += answer.status_code == 201
        return decided

    totals = await asyncio.gather(*(work(member, number) for number, member in enumerate(people)))
    assert sum(totals) == len(events)
    by_referents = "SELECT count(*) FROM decisions WHERE event_id = ANY ($1) AND decided_by = 'referent'"
    assert await labelling.value(by_referents, [event.id for event in events]) == len(events)
    for event in events:
        published = await labelling.decisions_on(event, count=2)
        assert [message.change for _, message in published] == ["decided", "reviewed"]


async def test_the_service_level_is_counted_by_territory(labelling, in_review):
    late, soon = await in_review(departement="48"), await in_review(departement="48")
    member = referent(labelling, "dora", departement="48")
    (before,) = (await member.get("/v1/reviews/service-level"))["territories"]
    assert (before["departement"], before["open"], before["late"], before["claimed"]) == ("48", 2, 2, 0)
    assert (before["decided"], before["average_hours"]) == (0, None)
    await member.claim(soon)
    async with labelling.service.database.transaction() as connection:
        await connection.execute(
            "UPDATE reviews SET due_before = now() + interval '3 hours', opened_at = now() - interval '5 hours'"
            " WHERE event_id = $1",
            soon.id,
        )
    (waiting,) = (await member.get("/v1/reviews/service-level"))["territories"]
    assert (waiting["open"], waiting["late"], waiting["due_today"], waiting["claimed"]) == (2, 1, 1, 1)
    await member.decide(soon)
    await member.decide(late)
    level = await member.get("/v1/reviews/service-level")
    after = level["whole"]
    assert (after["open"], after["late"], after["decided"], after["decided_late"]) == (0, 0, 2, 1)
    assert after["average_hours"] == pytest.approx(2.5, abs=0.1)
    everything = await staff(labelling).get("/v1/reviews/service-level", edition_id=late.edition_id)
    assert [each["departement"] for each in everything["territories"]] == ["48"]
    assert (await staff(labelling).get("/v1/reviews/service-level"))["whole"]["decided"] >= 2
