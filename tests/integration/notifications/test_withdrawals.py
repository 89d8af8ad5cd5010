"""Who has signed up hears once that the organiser has withdrawn the event, whichever message comes first."""

from uuid import uuid4

import icalendar
import pytest

from shared.contracts.registration import EventState
from tests.integration.notifications.world import an_edition, an_event, in_days, person, postponed, reached


@pytest.fixture
async def event(publisher) -> EventState:
    """An event in ten days whose edition and organiser are known."""
    edition, organiser = an_edition(), person(kind="organiser")
    await publisher.edition(edition)
    await publisher.contact(organiser)
    return in_days(an_event(organiser, edition), 10)


async def test_everybody_hears_it_once_whoever_looks(settled, publisher, mail_server, event):
    before, after, gone = person(), person(language="en"), person()
    for who in (before, after, gone):
        await publisher.contact(who)
    given_up = uuid4()
    await publisher.sign_up(event, before, notify=False)
    await publisher.sign_up(event, gone, notify=False, id_=given_up)
    await publisher.sign_up(event, gone, notify=False, id_=given_up, cancelled=True)
    async with settled.running() as notifications, settled.running():
        await publisher.event(event, notify=False)
        await publisher.withdrawn(event)
        await publisher.consumed()
        await notifications.all_finished(1)
        await publisher.sign_up(event, after, notify=False)  # signed up before, but heard of later
        await publisher.again()
        await publisher.consumed()
        await notifications.all_finished(2)
    assert mail_server.times() == {before.email: 1, after.email: 1}
    (told,) = mail_server.to(before.email)
    assert told["Subject"].replace("\N{NO-BREAK SPACE}", " ") == f"Annulé : {event.title}"
    assert "retiré cet événement du programme" in told.get_body(("plain",)).get_content()
    (file,) = [part for part in told.iter_attachments() if part.get_content_type() == "text/calendar"]
    assert file.get_param("method") == "CANCEL"
    (entry,) = icalendar.Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert (entry["status"], entry["sequence"]) == ("CANCELLED", event.revision + 1)
    (told,) = mail_server.to(after.email)
    assert told["Subject"] == f"Cancelled: {event.title}"


@pytest.mark.parametrize("why", ["told by an act", "cancelled with the edition", "over", "not withdrawn"])
async def test_nobody_hears_it_in_vain(notifications, publisher, mail_server, event, why):
    guest, other = person(), person()
    for who in (guest, other):
        await publisher.contact(who)
    await publisher.sign_up(event, guest, notify=False)
    if why == "told by an act":
        await publisher.withdrawn(event, told_by_act=True)
    elif why == "cancelled with the edition":
        await publisher.withdrawn(reached(event, postponed(an_edition(), kind="cancelled")))
    elif why == "over":
        await publisher.withdrawn(in_days(event, -2))
    else:
        await publisher.event(event, notify=False)
    # Somebody else's mail shows that it was looked for.
    elsewhere = event.model_copy(update={"id": uuid4()})
    await publisher.sign_up(elsewhere, other, notify=False)
    await publisher.consumed()
    await publisher.withdrawn(elsewhere)
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {other.email: 1}


async def test_what_was_postponed_without_dates_is_not_over(notifications, publisher, mail_server, event):
    guest = person()
    await publisher.contact(guest)
    await publisher.sign_up(event, guest, notify=False)
    await publisher.withdrawn(reached(in_days(event, -2), postponed(an_edition(), kind="postponed_undated")))
    await publisher.consumed()
    await notifications.all_finished(1)
    assert mail_server.times() == {guest.email: 1}
