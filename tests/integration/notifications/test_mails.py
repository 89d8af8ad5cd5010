"""Each notice reaches its reader once, whatever is redelivered or comes in another order."""

import random
from datetime import date, timedelta
from email.message import EmailMessage

import icalendar
import pytest

from tests.integration.notifications.world import an_edition, an_event, eventually, person


def text_of(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    return body.get_content().replace("\N{NO-BREAK SPACE}", " ")


async def test_each_kind_of_notice_is_told_once(notifications, publisher, mail_server):
    edition, organiser, visitor = an_edition(), person(kind="organiser"), person(language="en")
    event = an_event(organiser, edition)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.contact(visitor)
    await publisher.event(event)
    await publisher.decision(event, "in_review", due_on=date(2020, 3, 6))
    await publisher.decision(event, "refused")
    await publisher.decision(event, "labelled", change="reviewed", note="Vu sur place.")
    await publisher.sign_up(event, visitor)
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(6)
    assert mail_server.times() == {organiser.email: 5, visitor.email: 1}
    subjects = {message["Subject"].partition(" :")[0] for message in mail_server.to(organiser.email)}
    assert subjects == {"Proposition reçue", "À l’examen", "Non labellisé", "Labellisé", "Votre code d’accès"}
    texts = "\n".join(map(text_of, mail_server.to(organiser.email)))
    assert f"https://semaine.example/v1/kits/{event.id}" in texts
    assert "L’entrée doit être gratuite." in texts
    assert "vendredi 6 mars 2020" in texts
    assert "Vu sur place." in texts
    assert "kq3vA1x0T9mB7cWd" in texts
    (confirmation,) = mail_server.to(visitor.email)
    assert confirmation["Content-Language"] == "en"
    assert confirmation["Auto-Submitted"] == "auto-generated"
    (calendar,) = confirmation.iter_attachments()
    (entry,) = icalendar.Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")
    assert str(event.id) in entry["uid"]


@pytest.mark.parametrize("seed", range(3))
async def test_topics_may_come_in_any_order(notifications, publisher, mail_server, seed):
    """A notice before its contact, event or edition waits for it, and holds nothing else up."""
    edition, organiser, visitor = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    steps = [
        lambda: publisher.edition(edition),
        lambda: publisher.contact(organiser),
        lambda: publisher.contact(visitor),
        lambda: publisher.event(event),
        lambda: publisher.decision(event, "labelled"),
        lambda: publisher.sign_up(event, visitor),
    ]
    random.Random(seed).shuffle(steps)
    for step in steps:
        await step()
        await publisher.consumed()
    await notifications.all_finished(3)
    assert mail_server.times() == {organiser.email: 2, visitor.email: 1}


async def test_a_verdict_that_is_confirmed_is_not_told_again(notifications, publisher, mail_server):
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.event(event, notify=False)
    await publisher.decision(event, "labelled")
    await publisher.decision(event, "labelled", notify=False)
    await publisher.decision(event, "refused")
    await publisher.consumed()
    await notifications.all_finished(2)
    assert mail_server.times() == {organiser.email: 2}


async def test_a_mail_names_the_event_as_it_was_judged(notifications, publisher, mail_server):
    edition, organiser = an_edition(), person(kind="organiser")
    before = an_event(organiser, edition, title="Ancien titre")
    after = an_event(organiser, edition, title="Nouveau titre", id=before.id, revision=2)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.event(before, notify=False)
    await publisher.consumed()
    await publisher.decision(after, "labelled")
    await publisher.consumed()
    assert (await notifications.statuses()) == {"pending": 1}
    await publisher.event(after, change="amended", notify=False)
    await eventually(lambda: bool(mail_server.mails))
    assert "Nouveau titre" in mail_server.to(organiser.email)[0]["Subject"]


async def test_who_asked_for_nothing_gets_nothing(notifications, publisher, mail_server):
    edition, organiser, visitor = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.contact(visitor)
    await publisher.event(event, notify=False)
    await publisher.event(event, change="labelled")
    await publisher.sign_up(event, visitor, notify=False)
    await publisher.consumed()
    assert await notifications.log() == []
    assert mail_server.mails == []


async def test_an_erased_contact_is_told_nothing_more(notifications, publisher, mail_server):
    edition, organiser, visitor = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    await publisher.contact(visitor)
    await publisher.sign_up(event, visitor)  # waits for its event
    await publisher.consumed()
    await publisher.erasure(visitor)
    await notifications.all_finished(1)
    await publisher.edition(edition)
    await publisher.event(event, notify=False)
    await publisher.sign_up(event, visitor)
    await notifications.all_finished(2)
    assert await notifications.statuses() == {"failed": 2}
    assert {delivery["detail"] for delivery in await notifications.log()} == {"the recipient has been erased"}
    assert mail_server.mails == []
    stored = await notifications.database.fetchrow("SELECT * FROM contacts WHERE id = $1", visitor.id)
    assert (stored["email"], stored["name"]) == (None, "")


async def test_an_access_code_that_ran_out_is_not_sent_and_none_is_kept(notifications, publisher, mail_server):
    organiser = person(kind="organiser")
    await publisher.access(organiser, code="outofdate", expires_in=timedelta(seconds=-1))
    await publisher.access(organiser, code="stillgood")
    await notifications.all_finished(2)
    assert await notifications.statuses() == {"failed": 1, "sent": 1}
    assert "stillgood" in text_of(mail_server.to(organiser.email)[0])
    assert await notifications.database.fetchval("SELECT count(*) FROM deliveries WHERE content IS NOT NULL") == 0


async def test_a_finished_notice_is_published_without_address(
    notifications, publisher, mail_server, published_delivery
):
    organiser = person(kind="organiser")
    mail_server.answers[organiser.email] = [f"550 5.1.1 <{organiser.email}>: unknown here"]
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    message = await published_delivery(delivery["id"])
    assert message.change == "bounced"
    assert message.delivery.recipient_id == organiser.id
    assert message.delivery.detail == "550 5.1.1 <(recipient)>: unknown here"
