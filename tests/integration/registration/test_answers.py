"""Organisers' answers to a postponement: in time, late, twice, to a superseded act; reminders, and what lapses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from shared.contracts.topics import EVENTS
from tests.integration.registration.world import (
    Organiser,
    Registration,
    act_content,
    event_content,
    eventually,
    unique,
)

pytestmark = pytest.mark.servers

ASKED = {"policy": "confirmation", "respond_by": "2090-10-01"}
LATER = {"dates": {"first_day": "2090-11-20", "last_day": "2090-11-26"}}
OTHER_SLOTS = [{"begin": "2090-11-15T14:00:00", "end": "2090-11-15T17:00:00"}]


@pytest_asyncio.fixture
async def asked(registration: Registration, edition: str, organiser: Organiser) -> str:
    """The id of an event of `organiser` that waits for its answer to act 1."""
    event_id = await registration.labelled(edition, organiser)
    await registration.postponed(edition, **ASKED)
    assert (await registration.event(event_id))["answer"] == "awaited"
    return event_id


async def test_confirming_twice_is_confirming_once(registration: Registration, asked: str, organiser: Organiser):
    for _ in ("once", "again"):
        answer = await registration.answer(asked, organiser.headers, "confirm", act=1)
        assert (answer.status_code, answer.json()["answer"]) == (200, "confirmed")
    told = await registration.events_told(asked, count=4)
    assert [change for change, _, _ in told] == ["submitted", "labelled", "rescheduled", "answered"]
    event = await registration.event(asked)
    assert (event["revision"], event["calendar_sequence"], event["moves"]) == (2, 2, 0)


async def test_changing_the_dates_has_them_decided_again(registration: Registration, asked: str, organiser: Organiser):
    answer = await registration.answer(asked, organiser.headers, "change", act=1, slots=OTHER_SLOTS)
    assert answer.status_code == 200, answer.text
    event = answer.json()
    assert (event["answer"], event["slots"], event["revision"]) == ("changed", OTHER_SLOTS, 3)
    assert (event["calendar_sequence"], event["moves"]) == (3, 1)
    assert (await registration.answer(asked, organiser.headers, "confirm", act=1)).json()["answer"] == "changed"


async def test_amending_the_dates_is_an_answer(registration: Registration, asked: str, organiser: Organiser):
    content = event_content(slots=OTHER_SLOTS)
    answer = await registration.amend(asked, organiser.headers, content)
    assert answer.json()["answer"] == "changed"


async def test_declining_withdraws_the_event_and_its_guests_hear_it(
    registration: Registration, edition: str, organiser: Organiser
):
    declined, stays = [await registration.labelled(edition, organiser) for _ in range(2)]
    email = f"{unique('guest')}@example.org"
    for id_ in (declined, stays):
        await registration.sign_up(id_, email=email)
    await registration.postponed(edition)
    for _ in ("once", "again"):
        answer = await registration.answer(declined, organiser.headers, "withdraw", act=1)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    refused = await registration.answer(declined, organiser.headers, "confirm", act=1)
    assert (refused.status_code, refused.json()["title"]) == (409, "The event is withdrawn")

    async def heard() -> list[Any]:
        return [notice for change, notice in registration.notices(edition) if change == "lapsed"]

    (notice,) = await eventually(heard)
    assert [str(each.event_id) for each in notice.sign_ups] == [declined]
    assert notice.organised == ()
    assert (await registration.messages(EVENTS, declined, count=4))[-1].body.told_by_act


async def test_an_answer_to_a_superseded_act_says_what_holds(
    registration: Registration, edition: str, asked: str, organiser: Organiser
):
    await registration.postponed(edition, **ASKED, **LATER)
    old = await registration.answer(asked, organiser.headers, "confirm", act=1)
    assert (old.status_code, old.json()["title"]) == (409, "There is a later act")
    assert "act 2" in old.json()["detail"]
    assert (await registration.answer(asked, organiser.headers, "confirm", act=2)).status_code == 200


async def test_what_cannot_be_answered_is_told(registration: Registration, edition: str, organiser: Organiser):
    event_id = await registration.labelled(edition, organiser)
    before = await registration.answer(event_id, organiser.headers, "confirm", act=1)
    assert (before.status_code, before.json()["title"]) == (409, "Nothing to answer")
    await registration.postponed(edition, kind="postponed_undated", dates=None)
    early = await registration.answer(event_id, organiser.headers, "confirm", act=1)
    assert (early.status_code, early.json()["title"]) == (409, "Nothing to answer")
    assert (await registration.answer(event_id, organiser.headers, "withdraw", act=1)).status_code == 200


async def test_answers_are_the_organisers_own(registration: Registration, asked: str):
    other = await registration.organiser()
    assert (await registration.answer(asked, other.headers, "confirm", act=1)).status_code == 404
    assert (await registration.answer(asked, {}, "confirm", act=1)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "change", "act": 1},
        {"answer": "confirm", "act": 1, "slots": OTHER_SLOTS},
        {"answer": "perhaps", "act": 1},
    ],
)
async def test_an_answer_that_makes_no_sense_is_refused(registration: Registration, asked: str, organiser, body):
    answer = await registration.http.post(f"/v1/events/{asked}/answer", json=body, headers=organiser.headers)
    assert answer.status_code == 422


async def date_act(registration: Registration, edition: str, *, respond_by: datetime, decided: datetime) -> None:
    """Let the last act have been decided then, and its answers be due then."""
    await registration.execute(
        """
        UPDATE acts SET act = act || jsonb_build_object('respond_by', $2::text, 'decided_at', $3::text)
        WHERE edition_id = $1 AND phase <> 'superseded'
        """,
        edition,
        respond_by.date().isoformat(),
        decided.isoformat(),
    )
    registration.service.http.state.acts.wake()


async def test_reminders_go_once_to_those_who_have_not_answered(
    registration: Registration, edition: str, organiser: Organiser
):
    waiting, confirmed = [await registration.labelled(edition, organiser) for _ in range(2)]
    await registration.sign_up(waiting)
    await registration.postponed(edition, **ASKED)
    await registration.answer(confirmed, organiser.headers, "confirm", act=1)
    now = datetime.now(UTC)

    async def reminded(count: int) -> list[Any]:
        async def look() -> list[Any] | None:
            found = [notice for change, notice in registration.notices(edition) if change == "reminder"]
            return found if len(found) >= count else None

        found: list[Any] = await eventually(look)
        return found

    await date_act(registration, edition, respond_by=now + timedelta(days=6), decided=now - timedelta(days=30))
    (first,) = await reminded(1)
    assert ([str(each) for each in first.organised], first.reminder, first.sign_ups) == ([waiting], 7, ())
    assert str(first.recipient_id) == organiser.id
    await date_act(registration, edition, respond_by=now + timedelta(days=1), decided=now - timedelta(days=30))
    assert [notice.reminder for notice in await reminded(2)] == [7, 2]
    await date_act(registration, edition, respond_by=now + timedelta(days=1), decided=now - timedelta(days=30))
    await registration.all_told()
    assert len(await reminded(2)) == 2


async def test_what_nobody_confirms_is_withdrawn_once_the_day_is_over(
    registration: Registration, edition: str, organiser: Organiser
):
    lapsing, confirmed = [await registration.labelled(edition, organiser) for _ in range(2)]
    for id_ in (lapsing, confirmed):
        await registration.sign_up(id_)
    await registration.postponed(edition, **ASKED)
    await registration.answer(confirmed, organiser.headers, "confirm", act=1)
    now = datetime.now(UTC)
    await date_act(registration, edition, respond_by=now - timedelta(days=3), decided=now - timedelta(days=30))

    async def lapsed() -> dict[str, Any] | None:
        found = await registration.progress(edition, 1)
        return found if found["lapsed_at"] else None

    found = await eventually(lapsed)
    assert found["answers"] == {"awaited": 0, "confirmed": 1, "lapsed": 1}
    assert (await registration.event(lapsing))["status"] == "withdrawn"
    assert (await registration.event(confirmed))["status"] == "submitted"
    late = await registration.answer(lapsing, organiser.headers, "confirm", act=1)
    assert late.status_code == 409
    assert "nobody had confirmed it" in late.json()["detail"]

    async def heard() -> list[Any] | None:
        told = [notice for change, notice in registration.notices(edition) if change == "lapsed"]
        return told if len(told) >= 2 else None

    notices = await eventually(heard)
    organised = [notice for notice in notices if notice.organised]
    guests = [notice for notice in notices if notice.sign_ups]
    assert [[str(each) for each in notice.organised] for notice in organised] == [[lapsing]]
    assert [[str(each.event_id) for each in notice.sign_ups] for notice in guests] == [[lapsing]]
    messages = await registration.messages(EVENTS, lapsing, count=4)
    assert [each.change for each in messages] == ["submitted", "labelled", "rescheduled", "withdrawn"]
    assert messages[-1].body.told_by_act


async def test_an_answer_after_the_day_is_late_even_before_the_event_has_lapsed(
    registration: Registration, edition: str, organiser: Organiser
):
    """Under the policy `kept` nothing lapses, and what comes late changes nothing."""
    event_id = await registration.labelled(edition, organiser)
    await registration.postponed(edition, respond_by="2090-10-01")
    now = datetime.now(UTC)
    await date_act(registration, edition, respond_by=now - timedelta(days=3), decided=now - timedelta(days=30))
    late = await registration.answer(event_id, organiser.headers, "change", act=1, slots=OTHER_SLOTS)
    assert (late.status_code, late.json()["title"]) == (409, "Too late")
    assert (await registration.event(event_id))["status"] == "submitted"
    assert act_content()["kind"] == "postponed"
