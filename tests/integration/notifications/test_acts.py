"""Of a postponement or cancellation each person hears once, and never of an earlier act after a later one."""

import asyncio
import json
import random
from datetime import timedelta

import icalendar
import pytest
from standardwebhooks import Webhook

from tests.integration.notifications.world import a_notice, an_edition, an_event, eventually, person, postponed, reached


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " ")


def calendar_in(message):
    (attachment,) = message.iter_attachments()
    return attachment["Content-Type"].params["method"], icalendar.Calendar.from_ical(
        attachment.get_payload(decode=True)
    )


async def test_a_person_in_several_roles_gets_one_mail_with_all_of_it(notifications, publisher, mail_server):
    edition, organiser, other = an_edition(), person(kind="organiser", language="en"), person(kind="organiser")
    own = [an_event(organiser, edition, title=f"Visit {number}") for number in range(3)]
    attended = [an_event(other, edition, title=f"Forum {number}") for number in range(2)]
    await publisher.contact(organiser)
    await publisher.edition(edition)
    await publisher.sign_up(attended[0], organiser)
    for event in (*own, *attended):
        await publisher.event(event, notify=False)
    await notifications.all_finished(1)
    (confirmation,) = mail_server.to(organiser.email)
    _, before = calendar_in(confirmation)
    moved = postponed(edition)
    await publisher.edition(moved)
    for event in (*own, *attended):
        await publisher.event(reached(event, moved), change="rescheduled", notify=False)
    await publisher.notice(a_notice(moved, organiser, organised=own, sign_ups=attended))
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(2)
    _, told = mail_server.to(organiser.email)
    text = text_of(told)
    assert all(text.count(event.title) == 1 for event in (*own, *attended))
    assert text.count("Tuesday 17 November 2020, 9:00 – 12:00") == 5
    assert text.count("https://semaine.example/a/") == 2
    assert "Submissions are open again." in text
    assert told["List-Unsubscribe"] is None
    method, after = calendar_in(told)
    assert method == after["method"] == "PUBLISH"
    old = {entry["uid"]: entry for entry in before.walk("VEVENT")}
    new = {entry["uid"]: entry for entry in after.walk("VEVENT")}
    assert len(new) == 2
    assert old.keys() < new.keys()
    for uid, entry in old.items():
        assert new[uid]["sequence"] > entry["sequence"]
        assert (new[uid].decoded("dtstart") - entry.decoded("dtstart")).days in {230, 231}
        assert new[uid]["status"] == "CONFIRMED"


@pytest.mark.parametrize(("kind", "words"), [("cancelled", "est annulée"), ("postponed_undated", "elle est reportée")])
async def test_what_does_not_take_place_leaves_the_calendar(notifications, publisher, mail_server, kind, words):
    edition, organiser, guest = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    gone = postponed(edition, kind=kind)
    await publisher.contact(guest)
    await publisher.edition(gone)
    await publisher.event(reached(event, gone), change=kind.partition("_")[0], notify=False)
    await publisher.notice(a_notice(gone, guest, sign_ups=[event]))
    await notifications.all_finished(1)
    (told,) = mail_server.to(guest.email)
    assert words in text_of(told)
    method, calendar = calendar_in(told)
    assert method == calendar["method"] == "CANCEL"
    assert [entry["status"] for entry in calendar.walk("VEVENT")] == ["CANCELLED"]


@pytest.mark.parametrize("seed", range(3))
async def test_topics_may_come_in_any_order(notifications, publisher, mail_server, seed):
    """A notice waits until the act has reached the copies of the edition and of each event that it names."""
    edition, organiser, guest = an_edition(), person(kind="organiser"), person()
    events = [an_event(organiser, edition) for _ in range(3)]
    moved = postponed(edition)
    await publisher.edition(edition)
    for event in events:
        await publisher.event(event, notify=False)
    steps = [
        lambda: publisher.edition(moved),
        lambda: publisher.contact(guest),
        lambda: publisher.notice(a_notice(moved, guest, sign_ups=events)),
        *(lambda event=event: publisher.event(reached(event, moved), notify=False) for event in events[:2]),
        lambda: publisher.event(events[2].model_copy(update={"status": "withdrawn"}), change="withdrawn"),
    ]
    random.Random(seed).shuffle(steps)
    for step in steps:
        await step()
        await publisher.consumed()
    await notifications.all_finished(1)
    text = text_of(mail_server.to(guest.email)[0])
    assert text.count("17 novembre 2020") == 2
    assert text.count("Retiré par l’organisateur") == 1


@pytest.mark.parametrize(("kind", "words"), [("cancelled", "La liste d’attente est close."), ("postponed", "rang")])
async def test_who_waits_is_told_beside_what_they_go_to(notifications, publisher, mail_server, kind, words):
    edition, organiser, guest, alone = an_edition(), person(kind="organiser"), person(), person()
    goes, waits = an_event(organiser, edition), an_event(organiser, edition, title="Forum complet")
    moved = postponed(edition, kind=kind)
    for contact in (guest, alone):
        await publisher.contact(contact)
    await publisher.edition(moved)
    for event in (goes, waits):
        await publisher.event(reached(event, moved), change="rescheduled", notify=False)
    await publisher.notice(a_notice(moved, guest, sign_ups=[goes], waiting=[waits]))
    await publisher.notice(a_notice(moved, alone, waiting=[waits]))
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(2)
    (of_both,), (of_one,) = mail_server.to(guest.email), mail_server.to(alone.email)
    assert "VOS INSCRIPTIONS" in text_of(of_both)
    assert "VOS INSCRIPTIONS" not in text_of(of_one)
    for mail in (of_both, of_one):
        section = text_of(mail).split("VOS LISTES D’ATTENTE")[1]
        assert "Forum complet" in section
        assert words in section
    assert [part for part in of_one.walk() if part.get_content_type() == "text/calendar"] == []
    assert "cette adresse a été inscrite sur une liste d’attente" in " ".join(text_of(of_one).split())


async def test_a_later_act_takes_the_place_of_what_is_not_sent_yet(notifications, publisher, mail_server):
    edition, organiser, guest, late = an_edition(), person(kind="organiser"), person(), person()
    event = an_event(organiser, edition)
    first = postponed(edition)
    second = postponed(first, number=2)
    mail_server.answers[guest.email] = ["451 later"]
    await publisher.contact(guest)
    await publisher.edition(first)
    await publisher.event(reached(event, first), change="rescheduled", notify=False)
    await publisher.notice(a_notice(first, guest, sign_ups=[event]))
    await publisher.notice(a_notice(first, late, sign_ups=[event]))

    async def tried() -> bool:
        return any(each["attempts"] for each in await notifications.log(recipient_id=str(guest.id)))

    await eventually(tried)
    await publisher.edition(second)
    await publisher.consumed()
    mail_server.answers.pop(guest.email)
    await publisher.event(reached(reached(event, first), second), change="rescheduled", notify=False)
    await publisher.notice(a_notice(second, guest, sign_ups=[event]))
    await publisher.contact(late)
    await publisher.notice(a_notice(second, late, sign_ups=[event]))
    await notifications.all_finished(4)
    assert await notifications.statuses() == {"sent": 2, "withheld": 2}
    assert mail_server.times() == {guest.email: 1, late.email: 1}


async def test_that_an_event_is_withdrawn_is_told_whatever_acts_follow(notifications, publisher, mail_server):
    edition, organiser, guest = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    first = postponed(edition)
    second = postponed(first, number=2)
    gone = reached(event, first).model_copy(update={"status": "withdrawn"})
    await publisher.edition(first)
    await publisher.event(gone, change="withdrawn", notify=False)
    await publisher.notice(a_notice(first, guest, sign_ups=[event]), change="lapsed")
    await publisher.edition(second)
    await publisher.consumed()
    await publisher.contact(guest)
    await notifications.all_finished(1)
    assert await notifications.statuses() == {"sent": 1}
    (told,) = mail_server.to(guest.email)
    assert "a été retiré du programme" in text_of(told)


async def test_while_an_earlier_notice_is_under_way_the_later_one_waits(settled, publisher, mail_server):
    """Two replicas: one is handing the first act's mail over while the other could send the second's."""
    edition, organiser, guest = an_edition(), person(kind="organiser"), person()
    event = an_event(organiser, edition)
    first = postponed(edition)
    second = postponed(first, number=2)
    mail_server.hold = asyncio.Event()
    async with settled.running() as notifications, settled.sending():
        await publisher.contact(guest)
        await publisher.edition(first)
        await publisher.event(reached(event, first), change="rescheduled", notify=False)
        await publisher.notice(a_notice(first, guest, sign_ups=[event]))
        await eventually(lambda: len(mail_server.to(guest.email)) == 1)
        await publisher.edition(second)
        await publisher.event(reached(reached(event, first), second), change="rescheduled", notify=False)
        await publisher.notice(a_notice(second, guest, sign_ups=[event]))
        await publisher.consumed()
        await asyncio.sleep(1)
        assert len(mail_server.to(guest.email)) == 1
        mail_server.hold.set()
        await notifications.all_finished(2)
        assert await notifications.statuses() == {"sent": 2}
    assert len(mail_server.to(guest.email)) == 2


async def test_partners_hear_of_an_act_once_for_each_event(notifications, publisher, receiver):
    await notifications.register(f"{receiver.url}/all")
    await notifications.register(f"{receiver.url}/changes", types=["event.changed"])
    await notifications.register(f"{receiver.url}/published", types=["event.published"])
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    moved = postponed(edition)
    gone = postponed(moved, number=2, kind="cancelled")
    states = [event, reached(event, moved), reached(event, moved), reached(reached(event, moved), gone)]
    await publisher.catalogue(event)
    for state in states[1:]:
        await publisher.catalogue(state, change="changed")
        await publisher.consumed()
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(8, channel="webhook")
    told = sorted((json.loads(body) for body, _ in receiver.at("all")), key=lambda one: one["data"]["sequence"])
    assert [one["type"] for one in told] == [
        "event.published", "event.rescheduled", "event.changed", "event.cancelled",
    ]  # fmt: skip
    assert told[1]["data"]["event"]["previous_slots"] == told[0]["data"]["event"]["slots"]
    assert len(receiver.at("changes")) == 3
    assert len(receiver.at("published")) == 1


async def test_a_partner_that_asks_for_it_gets_many_in_one_post(notifications, publisher, receiver):
    partner = await notifications.register(f"{receiver.url}/batch", batch=100)
    assert partner["batch"] == 100
    receiver.answers["batch"] = [(503, {}, 0), (200, {}, 0)]
    edition, organiser = an_edition(), person(kind="organiser")
    events = [an_event(organiser, edition) for _ in range(30)]
    pause = "UPDATE partners SET paused_until = now() + $1::interval"
    await notifications.database.execute(pause, timedelta(hours=1))
    for event in events:
        await publisher.catalogue(event)
    await publisher.consumed()
    await notifications.database.execute(pause, timedelta(0))
    await notifications.all_finished(30, channel="webhook")
    assert await notifications.statuses(channel="webhook") == {"sent": 30}
    refused, *taken = [Webhook(partner["secret"]).verify(body, headers) for body, headers in receiver.at("batch")]
    assert {post["type"] for post in (refused, *taken)} == {"batch"}
    ids = [each["id"] for post in taken for each in post["data"]["webhooks"]]
    assert len(ids) == len(set(ids)) == 30
    assert set(ids) == {each["id"] for each in refused["data"]["webhooks"]}
    told = {each["data"]["event_id"] for post in taken for each in post["data"]["webhooks"]}
    assert told == {str(event.id) for event in events}
