"""Who has signed up hears once that the organiser has moved the event, when the new dates or place hold."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import icalendar
import pytest

from shared.contracts.registration import EventState
from tests.integration.notifications.world import an_edition, an_event, eventually, in_days, person, postponed, reached

TEN_MINUTES = 600


@pytest.fixture
async def notifications(settled, request):
    """The service, which tells of moves at once, or after so many seconds."""
    async with settled.running(moved_after_seconds=getattr(request, "param", 0)) as running:
        yield running


@pytest.fixture
async def event(notifications, publisher) -> EventState:
    """A labelled event in ten days, with its edition and organiser."""
    edition, organiser = an_edition(), person(kind="organiser")
    event = in_days(an_event(organiser, edition), 10, status="labelled", calendar_sequence=1)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.event(event, notify=False)
    return event


@pytest.fixture
async def signed_up(publisher, event):
    """Somebody is signed up for it; answers event, guest and the sign-up's id."""
    guest, id_ = person(), uuid4()
    await publisher.contact(guest)
    await publisher.consumed()
    await publisher.sign_up(event, guest, notify=False, id_=id_)
    await publisher.consumed()
    return event, guest, id_


async def test_guests_hear_once_of_what_holds_now(notifications, settled, publisher, mail_server, signed_up):
    event, guest, _ = signed_up
    moved = in_days(event, 12, moves=1, calendar_sequence=2, revision=2)
    async with settled.running(moved_after_seconds=0):
        await publisher.event(moved.model_copy(update={"status": "submitted"}), change="amended", notify=False)
        await publisher.consumed()
        assert mail_server.times() == {}
        await publisher.event(moved, change="labelled", notify=False)
        await publisher.consumed()
        await notifications.all_finished(1)
        newcomer = person()
        await publisher.contact(newcomer)
        await publisher.sign_up(moved, newcomer, notify=False)
        await publisher.again()
        await publisher.consumed()
        again = in_days(event, 13, moves=3, calendar_sequence=4, revision=4)
        await publisher.event(again, change="labelled", notify=False)
        await publisher.consumed()
        await notifications.all_finished(3)
    assert mail_server.times() == {guest.email: 2, newcomer.email: 1}
    told = mail_server.to(guest.email)[0]
    assert told["Subject"].replace("\N{NO-BREAK SPACE}", " ") == f"Changement de date ou de lieu : {event.title}"
    assert "Libérez votre place" in told.get_body(("plain",)).get_content()
    (file,) = [part for part in told.iter_attachments() if part.get_content_type() == "text/calendar"]
    (entry,) = icalendar.Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (entry["status"], entry["sequence"]) == ("CONFIRMED", 2)
    assert entry["dtstart"].dt.replace(tzinfo=None) == moved.slots[0].begin


@pytest.mark.parametrize("notifications", [TEN_MINUTES], indirect=True)
async def test_corrections_in_a_row_make_one_mail(notifications, publisher, mail_server, signed_up):
    event, guest, _ = signed_up
    first = in_days(event, 12, moves=1, changed_at=datetime.now(UTC) - timedelta(minutes=2))
    second = in_days(event, 13, moves=2, changed_at=datetime.now(UTC) - timedelta(minutes=11))
    await publisher.event(first, change="labelled", notify=False)
    await publisher.consumed()
    await publisher.event(second, change="labelled", notify=False)
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {guest.email: 1}


@pytest.mark.parametrize("why", ["given up", "withdrawn"])
async def test_what_has_changed_before_the_mail_leaves_still_counts(
    notifications, publisher, mail_server, signed_up, why
):
    """The mail server puts it off; then the guest gives the place up, or the event is withdrawn."""
    event, guest, id_ = signed_up
    mail_server.answers[guest.email] = ["451 later"]
    await publisher.event(in_days(event, 12, moves=1), change="labelled", notify=False)

    async def tried() -> bool:
        return any(each["attempts"] for each in await notifications.log())

    await eventually(tried)
    if why == "given up":
        await publisher.sign_up(event, guest, notify=False, id_=id_, cancelled=True)
    else:
        await publisher.withdrawn(event, told_by_act=True)
    await notifications.all_finished(1)
    assert await notifications.statuses() == {"withheld": 1}
    assert mail_server.times() == {}


@pytest.mark.parametrize("why", ["moved by an act", "over", "undated", "withdrawn"])
async def test_nobody_hears_it_in_vain(notifications, publisher, mail_server, signed_up, why):
    event, _, _ = signed_up
    edition = an_edition()
    if why == "moved by an act":
        other = reached(event, postponed(edition)).model_copy(update={"status": "labelled"})
    elif why == "over":
        other = in_days(event, -3, moves=1)
    elif why == "undated":
        undated = reached(event, postponed(edition, kind="postponed_undated"))
        other = undated.model_copy(update={"status": "labelled", "moves": 1})
    else:
        other = in_days(event, 12, moves=1, status="withdrawn")
    # Somebody else's mail shows that it was looked for.
    elsewhere, witness = in_days(an_event(person(kind="organiser"), edition), 10, status="labelled"), person()
    await publisher.edition(edition)
    await publisher.event(elsewhere, notify=False)
    await publisher.contact(witness)
    await publisher.consumed()
    await publisher.sign_up(elsewhere, witness, notify=False)
    await publisher.consumed()
    await publisher.event(other, change="labelled", notify=False, told_by_act=why == "withdrawn")
    await publisher.consumed()
    await publisher.event(in_days(elsewhere, 11, moves=1), change="labelled", notify=False)
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {witness.email: 1}


async def test_a_sign_up_that_comes_before_its_event_hears_of_later_moves_alone(notifications, publisher, mail_server):
    edition, guest = an_edition(), person()
    event = in_days(an_event(person(kind="organiser"), edition), 10, status="labelled", moves=2)
    await publisher.edition(edition)
    await publisher.contact(guest)
    await publisher.sign_up(event, guest, notify=False)
    await publisher.consumed()
    await publisher.event(event, change="labelled", notify=False)

    async def known() -> bool:
        return await notifications.database.fetchval("SELECT moves_told FROM sign_ups") == event.moves

    await eventually(known)
    await publisher.event(in_days(event, 11, moves=3), change="labelled", notify=False)
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {guest.email: 1}
