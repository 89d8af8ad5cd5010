"""Who has signed up is reminded once on the day before, and never of what does not take place."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.registration import EventState, Slot
from tests.integration.notifications.world import NOW, an_edition, an_event, eventually, person, postponed, reached

LONG_AGO = NOW - timedelta(days=30)


def beginning(event: EventState, *, days: int = 0) -> EventState:
    """The event in thirteen hours and so many days: without those, it is time to remind, whatever o'clock it is."""
    begin = datetime.now(ZoneInfo("Europe/Paris")).replace(tzinfo=None) + timedelta(hours=13, days=days)
    return event.model_copy(update={"slots": (Slot(begin=begin, end=begin + timedelta(hours=1)),)})


@pytest.fixture
async def signed_up(publisher):
    """Somebody signed up for an event that begins soon; answers edition, event, guest and the sign-up's id."""
    edition, organiser, guest = an_edition(), person(kind="organiser"), person()
    event = beginning(an_event(organiser, edition))
    id_ = uuid4()
    await publisher.edition(edition)
    await publisher.contact(guest)
    await publisher.sign_up(event, guest, notify=False, id_=id_, at=LONG_AGO)
    return edition, event, guest, id_


async def test_everybody_is_reminded_once_whoever_looks(settled, publisher, mail_server, signed_up):
    _, event, guest, id_ = signed_up
    others = [person(language="en") for _ in range(5)]
    for other in others:
        await publisher.contact(other)
        await publisher.sign_up(event, other, notify=False, at=LONG_AGO)
    newcomer = person()
    await publisher.contact(newcomer)
    await publisher.sign_up(event, newcomer, notify=False, at=datetime.now(NOW.tzinfo) + timedelta(minutes=1))
    async with settled.running() as notifications, settled.running():
        await publisher.event(event, notify=False)
        await publisher.consumed()
        await notifications.all_finished(6)
        await publisher.again()
        await publisher.event(event, change="labelled", notify=False)
        await publisher.consumed()
        later = person()
        await publisher.contact(later)
        await publisher.sign_up(event, later, notify=False, at=LONG_AGO)
        await publisher.consumed()
        await notifications.all_finished(7)
    assert mail_server.times() == {each.email: 1 for each in (guest, *others, later)}
    (told,) = mail_server.to(guest.email)
    assert told["Subject"] == f"C’est demain : {event.title}"
    assert f"https://semaine.example/a/{id_}" in told.get_body(("plain",)).get_content()
    assert "/reminder/unsubscription>" in told["List-Unsubscribe"]


@pytest.mark.parametrize("why", ["cancelled sign-up", "withdrawn", "postponed_undated", "cancelled", "later", "begun"])
async def test_nobody_is_reminded_in_vain(notifications, publisher, mail_server, signed_up, why):
    edition, event, guest, id_ = signed_up
    if why == "cancelled sign-up":
        await publisher.sign_up(event, guest, notify=False, id_=id_, cancelled=True, at=LONG_AGO)
    elif why == "withdrawn":
        await publisher.withdrawn(event, told_by_act=True)
    elif why == "later":
        event = beginning(event, days=3)
    elif why == "begun":
        event = beginning(event, days=-1)
    else:
        event = reached(event, postponed(edition, kind=why))
    await publisher.consumed()
    if why != "withdrawn":
        await publisher.event(event, notify=False)
    # Somebody else's reminder shows that it was time.
    other_event = beginning(an_event(person(kind="organiser"), edition))
    other = person()
    await publisher.contact(other)
    await publisher.sign_up(other_event, other, notify=False, at=LONG_AGO)
    await publisher.event(other_event, notify=False)
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {other.email: 1}


async def test_what_changes_after_a_reminder_is_due_still_counts(settled, publisher, mail_server, signed_up):
    """The mail server puts a reminder off; then the event is withdrawn."""
    _, event, guest, _ = signed_up
    mail_server.answers[guest.email] = ["451 later"]
    async with settled.running() as notifications:
        await publisher.event(event, notify=False)
        await publisher.consumed()

        async def tried() -> bool:
            return any(each["attempts"] for each in await notifications.log())

        await eventually(tried)
        await publisher.withdrawn(event, told_by_act=True)
        await publisher.consumed()
        await notifications.all_finished(1)
        assert await notifications.statuses() == {"withheld": 1}
    assert not mail_server.to(guest.email)


async def test_an_event_that_moves_is_reminded_of_again(notifications, publisher, mail_server, signed_up):
    _, event, guest, _ = signed_up
    await publisher.event(event, notify=False)
    await publisher.consumed()
    await notifications.all_finished(1)
    # So that nobody has to wait until tomorrow, its reminder is due a little before the first one was.
    moved = beginning(event, days=1)
    await publisher.event(moved, change="amended", notify=False)
    await publisher.consumed()
    reminded = await notifications.database.fetchval(
        "UPDATE events SET remind_at = remind_at - interval '26 hours' WHERE id = $1 RETURNING remind_at", event.id
    )
    assert reminded is not None
    await notifications.all_finished(2)
    assert mail_server.times() == {guest.email: 2}


async def test_who_is_erased_leaves_no_sign_up_behind(notifications, publisher, signed_up):
    _, event, guest, _ = signed_up
    await publisher.consumed()
    await publisher.erasure(guest)
    await publisher.consumed()
    assert await notifications.database.fetchval("SELECT count(*) FROM sign_ups") == 0
    await publisher.event(event, notify=False)
    await publisher.consumed()
    assert await notifications.log() == []
