"""An act is carried through once: killed midway, with amendments meanwhile, with a second act on top."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.contracts.topics import EVENTS, NOTICES
from tests.integration.registration import world
from tests.integration.registration.process import started
from tests.integration.registration.world import (
    PATIENCE_SECONDS,
    Organiser,
    Registration,
    event_content,
    eventually,
    unique,
)

pytestmark = pytest.mark.servers

MANY = 450
LATER = {"dates": {"first_day": "2090-11-27", "last_day": "2090-12-03"}}


async def fill(registration: Registration, edition: str, organiser: Organiser, *, events: int = MANY) -> list[str]:
    """So many events of one organiser, each with one guest of its own; their ids."""
    rows = [event_content(reference=f"E-{number}") for number in range(events)]
    answer = await registration.import_("events", edition, rows, organiser.headers)
    assert answer.json()["created"] == events, answer.text
    guests = [
        {
            "event": f"E-{number}",
            "reference": f"G-{number}",
            "people": 1,
            "name": "Camille",
            "email": f"{unique('g')}@example.org",
        }
        for number in range(events)
    ]
    answer = await registration.import_("participations", edition, guests, registration.staff)
    assert answer.json()["created"] == events, answer.text
    found: list[str] = []
    after = None
    while True:
        parameters = {"edition": edition, "organiser": organiser.id, "limit": 1000} | (
            {"after": after} if after else {}
        )
        page = (await registration.http.get("/v1/events", params=parameters, headers=registration.staff)).json()
        found += [event["id"] for event in page["events"]]
        if (after := page["next"]) is None:
            return found


def moves(registration: Registration, event_id: str) -> list[Any]:
    """The event after each act that has reached it."""
    told = list({each.id: each for each in registration.told[EVENTS.name, event_id]}.values())  # a crash sends again
    assert [each.sequence for each in told] == list(range(1, len(told) + 1))
    return [each.body.event for each in told if each.change == "rescheduled"]


async def until_told(registration: Registration, edition: str, *, notices: int) -> Counter[str]:
    """How many notices each recipient has had, once there are so many."""

    async def look() -> Counter[str] | None:
        found = Counter(str(notice.recipient_id) for _, notice in registration.notices(edition))
        return found if found.total() >= notices else None

    found: Counter[str] = await eventually(look, patience=6 * PATIENCE_SECONDS)
    return found


async def test_a_service_that_is_killed_midway_completes_the_act_once(settings_and_key):
    made, key = settings_and_key
    async with started(made) as first, world.outside(made, key, first.url) as registration:
        organiser = await registration.organiser()
        edition = await registration.edition()
        ids = await fill(registration, edition, organiser)
        number = await registration.act(edition)

        async def begun() -> bool:
            return (await registration.progress(edition, number))["reached"] > 0

        await eventually(begun, patience=6 * PATIENCE_SECONDS)
        await first.kill()
        async with started(made) as second:
            registration.http.base_url = second.url
            done = await registration.settled(edition, number)
            assert (done["reached"], done["told"]) == (MANY, MANY + 1)
            told = await until_told(registration, edition, notices=MANY + 1)
            await registration.all_told()
    assert set(told.values()) == {1}
    for id_ in ids:
        (moved,) = moves(registration, id_)
        assert moved.slots[0].begin.isoformat() == "2090-11-14T09:00:00"
    (of_organiser,) = (each for _, each in registration.notices(edition) if str(each.recipient_id) == organiser.id)
    assert of_organiser.organised_total == len(of_organiser.organised) == MANY


async def test_a_second_act_on_top_of_an_unfinished_first(
    registration: Registration, edition: str, organiser: Organiser
):
    ids = await fill(registration, edition, organiser)
    await registration.act(edition)
    number = await registration.act(edition, **LATER)
    assert number == 2
    done = await registration.settled(edition, number)
    assert done["told"] == MANY + 1
    assert (await registration.progress(edition, 1))["phase"] == "superseded"
    await registration.all_told()
    for id_ in ids:
        event = await registration.event(id_)
        assert event["slots"] == [{"begin": "2090-11-28T09:00:00", "end": "2090-11-28T12:00:00"}]
        assert (event["act_number"], event["status_before_act"]) == (2, "submitted")
        assert moves(registration, id_)[-1].act_number == 2
    for (topic, _), messages in list(registration.told.items()):
        if topic == NOTICES.name:
            acts = [each.body.notice.act.number for each in messages if each.body.notice.edition_id == edition]
            assert acts == sorted(acts), "a notice of the first act after one of the second"
            assert acts.count(2) <= 1
    told = Counter(str(notice.recipient_id) for _, notice in registration.notices(edition) if notice.act.number == 2)
    assert set(told.values()) == {1}
    assert len(told) == MANY + 1


async def test_amendments_meanwhile_are_put_off_and_nothing_is_lost(
    registration: Registration, edition: str, organiser: Organiser
):
    ids = await fill(registration, edition, organiser, events=300)
    new_slots = [{"begin": "2090-11-15T10:00", "end": "2090-11-15T11:00"}]

    async def amend(id_: str) -> None:
        """As clients do: again in two seconds, when told so."""
        content = event_content(reference=f"A-{id_}", slots=new_slots)
        while True:
            answer = await registration.amend(id_, organiser.headers, content)
            if answer.status_code == 200:
                return
            assert (answer.status_code, answer.headers["Retry-After"]) == (409, "2"), answer.text
            await asyncio.sleep(0.2)

    number = await registration.act(edition)
    await asyncio.gather(*(amend(id_) for id_ in ids[-20:]))
    await registration.settled(edition, number)
    for id_ in ids[-20:]:
        event = await registration.event(id_)
        assert (event["slots"][0]["begin"], event["revision"], event["act_revision"]) == ("2090-11-15T10:00:00", 3, 2)
    for id_ in ids[:-20]:
        assert (await registration.event(id_))["slots"][0]["begin"] == "2090-11-14T09:00:00"


async def test_a_file_from_before_moves_nothing_back(registration: Registration, edition: str, organiser: Organiser):
    rows = [event_content(reference=f"F-{number}") for number in range(3)]
    await registration.import_("events", edition, rows, organiser.headers)
    await registration.postponed(edition)
    again = (await registration.import_("events", edition, rows, organiser.headers)).json()
    assert (again["unchanged"], again["changed"], again["created"]) == (3, 0, 0)
    rows[0]["title"] = unique("Un autre titre")
    assert (await registration.import_("events", edition, rows, organiser.headers)).json()["changed"] == 1
    listed = await registration.http.get(
        "/v1/events", params={"edition": edition, "organiser": organiser.id}, headers=organiser.headers
    )
    assert {event["slots"][0]["begin"] for event in listed.json()["events"]} == {"2090-11-14T09:00:00"}
