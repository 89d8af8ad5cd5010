"""Who waits for a place hears of the turn, of an offer while it holds, and of its end."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from tests.integration.notifications.world import an_edition, an_event, person

DAY = timedelta(days=1)


async def test_who_only_waited_hears_that_the_event_does_not_take_place(notifications, publisher, mail_server):
    """Once; not by mail of its own where an act's notice says it; not at all where it is not wanted."""
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    told, by_act, unwilling = person(), person(), person(language="en")
    await publisher.edition(edition)
    await publisher.event(event, notify=False)
    for who in (told, by_act, unwilling):
        await publisher.contact(who)
    await publisher.waiting(event, told, "closed", id_=uuid4())
    await publisher.waiting(event, by_act, "closed", id_=uuid4(), notify=False)
    await publisher.again()
    await notifications.all_finished(1)
    (mail,) = mail_server.to(told.email)
    assert mail["Subject"].replace("\N{NO-BREAK SPACE}", " ") == f"Liste d’attente close : {event.title}"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    await publisher.waiting(event, unwilling, "closed", id_=uuid4())
    await notifications.all_finished(2)
    (mail,) = mail_server.to(unwilling.email)
    link = urlsplit(mail["List-Unsubscribe"].strip("<>"))
    assert (await notifications.http.post(link.path)).status_code == 200
    await publisher.waiting(event, unwilling, "closed", id_=uuid4())
    await publisher.consumed()
    await notifications.all_finished(3)
    assert await notifications.statuses(recipient_id=str(unwilling.id)) == {"sent": 1, "withheld": 1}
    assert mail_server.to(by_act.email) == []


async def test_each_step_is_told_once_and_only_what_is_news(notifications, publisher, mail_server):
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    taking, late, moved, early = person(), person(language="en"), person(), person()
    ids = {each.id: uuid4() for each in (taking, late, moved, early)}

    async def say(who, change, **more):
        await publisher.waiting(event, who, change, id_=ids[who.id], **more)

    for who in (taking, late, moved, early):
        await publisher.contact(who)
        await say(who, "joined")
        await say(who, "offered", expires_in=-DAY if who is late else DAY)
    await say(taking, "accepted", expires_in=DAY)
    await say(late, "lapsed", expires_in=-DAY)
    await say(moved, "suspended", expires_in=DAY, notify=False)
    await say(moved, "offered", expires_in=DAY)
    await say(early, "closed", notify=False)
    await publisher.event(event, notify=False)
    await publisher.edition(edition)
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(10)
    assert await notifications.statuses(recipient_id=str(late.id)) == {"sent": 2, "withheld": 1}
    subjects = {
        who.email: sorted(mail["Subject"].replace("\N{NO-BREAK SPACE}", " ") for mail in mail_server.to(who.email))
        for who in (taking, late, moved, early)
    }
    joined, offered = f"Liste d’attente : {event.title}", f"Une place s’est libérée : {event.title}"
    assert subjects == {
        taking.email: [joined, offered],
        late.email: [f"Offer lapsed: {event.title}", f"Waiting list: {event.title}"],
        moved.email: [joined, offered, offered],
        early.email: [joined, offered],
    }
    texts = [mail.get_body(("plain",)).get_content() for mail in mail_server.to(taking.email)]
    assert all(f"https://semaine.example/a/attente/{ids[taking.id]}" in text for text in texts)
    assert any("Votre rang : 7." in text for text in texts)
