"""A mail or a webhook that failed for good is sent again, once, by whoever of staff asks for it."""

import asyncio
from html import unescape
from uuid import uuid4

import pytest

from tests.integration.notifications.world import an_edition, an_event, eventually, person

REFUSED = "550 5.1.1 no such user"
NOW_GOOD = [REFUSED, "250 OK"]


@pytest.fixture
async def bounced(notifications, publisher, mail_server):
    """The receipt of an event whose organiser's address is refused, once."""
    edition, organiser = an_edition(), person(kind="organiser")
    mail_server.answers[organiser.email] = list(NOW_GOOD)
    await publisher.edition(edition)
    await publisher.contact(organiser)
    await publisher.event(an_event(organiser, edition))
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    assert delivery["status"] == "bounced"
    return delivery | {"email": organiser.email}


def again(delivery):
    return f"/envois/{delivery['id']}/renvoi"


async def status_is(notifications, delivery, wanted):
    async def look() -> bool:
        path = f"/v1/deliveries/{delivery['id']}"
        return (await notifications.http.get(path, headers=notifications.staff)).json()["status"] == wanted

    await eventually(look)


async def test_a_mail_that_bounced_is_sent_again_once_however_often_one_clicks(
    notifications, staff, mail_server, bounced
):
    seen = "/envois?status=bounced"
    form = await staff.form(again(bounced), seen)
    done, *others = await asyncio.gather(*(staff.post(again(bounced), **form) for _ in range(4)))
    assert {each.status_code for each in (done, *others)} == {200}
    words = [unescape(each.text) for each in (done, *others)]
    assert sum("C’est reparti" in each for each in words) == 1
    assert sum("Il n’y a plus rien à renvoyer" in each for each in words) == 3
    assert done.url.params["status"] == "bounced"  # back to what one was looking at
    await status_is(notifications, bounced, "sent")
    late = await staff.post(again(bounced), **form)
    assert "Il n’y a plus rien à renvoyer" in unescape(late.text)
    (mail,) = mail_server.to(bounced["email"])
    assert mail["Message-ID"].startswith(f"<{bounced['id']}@")
    assert "Bonjour" in mail.get_body(("plain",)).get_content()
    assert again(bounced) not in await staff.page("/envois")  # it has arrived: nothing to do
    kept = "SELECT count(*) FROM deliveries WHERE content IS NOT NULL"
    assert await notifications.database.fetchval(kept) == 0


async def test_what_fails_again_can_be_sent_again_but_not_by_the_old_form(notifications, staff, mail_server, bounced):
    mail_server.answers[bounced["email"]] = list(NOW_GOOD)
    form = await staff.form(again(bounced), "/envois")
    await staff.post(again(bounced), **form)

    async def bounced_anew() -> bool:
        page = await staff.page("/envois?status=bounced")
        return again(bounced) in page and (await staff.form(again(bounced), "/envois"))["seen"] != form["seen"]

    await eventually(bounced_anew)
    assert "plus rien à renvoyer" in unescape((await staff.post(again(bounced), **form)).text)
    await staff.send(again(bounced), "/envois")
    await status_is(notifications, bounced, "sent")
    assert len(mail_server.to(bounced["email"])) == 1


async def test_an_address_that_was_given_up_is_tried_again(notifications, publisher, staff, mail_server):
    edition, organiser = an_edition(), person(kind="organiser")
    mail_server.answers[organiser.email] = [REFUSED]
    await publisher.edition(edition)
    await publisher.contact(organiser)
    for number in range(4):
        await publisher.event(an_event(organiser, edition))
        await notifications.all_finished(number + 1)
    statuses = await notifications.statuses()
    assert statuses["withheld"] >= 1  # nothing more was sent there
    mail_server.answers[organiser.email] = ["250 OK"]
    failed = (await notifications.log(status="bounced"))[0]
    await staff.send(again(failed), "/envois?status=bounced")
    await status_is(notifications, failed, "sent")
    unreachable = "SELECT unreachable_since FROM contacts WHERE id = $1"
    assert await notifications.database.fetchval(unreachable, organiser.id) is None


async def test_a_webhook_that_was_given_up_is_sent_again(notifications, receiver, staff):
    partner = await notifications.register(f"{receiver.url}/own")
    receiver.answers["own"] = [(410, {}, 0.0)]
    path = f"/v1/partners/{partner['id']}"
    test = (await notifications.http.post(f"{path}/test", headers=notifications.staff)).json()
    delivery = {"id": test["delivery_id"]}
    await status_is(notifications, delivery, "bounced")
    assert again(delivery) not in await staff.page("/envois")  # its endpoint is switched off
    api = f"/v1/deliveries/{delivery['id']}/replay"
    off = await notifications.http.post(api, headers=notifications.staff)
    assert (off.status_code, off.json()["title"]) == (409, "Nobody takes it")
    await notifications.http.patch(path, json={"enabled": True}, headers=notifications.staff)
    receiver.answers["own"] = [(200, {}, 0.0)]
    for expected in (1, 0):
        answer = await notifications.http.post(api, headers=notifications.staff)
        assert (answer.status_code, answer.json()) == (202, {"queued": expected})
    await status_is(notifications, delivery, "sent")
    assert len(receiver.at("own")) == 2


async def test_codes_are_never_sent_again(notifications, publisher, staff, mail_server):
    organiser = person(kind="organiser")
    mail_server.answers[organiser.email] = list(NOW_GOOD)
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    assert again(delivery) not in await staff.page("/envois")
    answer = await notifications.http.post(f"/v1/deliveries/{delivery['id']}/replay", headers=notifications.staff)
    assert answer.json() == {"queued": 0}
    assert await notifications.database.fetchval("SELECT count(*) FROM deliveries WHERE content IS NOT NULL") == 0


async def test_what_is_not_there_or_from_another_site_sends_nothing(notifications, staff, sign_in, bounced):
    form = await staff.form(again(bounced), "/envois")
    assert (await staff.post(again({"id": uuid4()}), **form)).status_code == 404
    assert (await staff.post(again(bounced), **{**form, "csrf": "none"})).status_code == 403
    for role in ("organiser", "referent", "partner"):
        assert (await sign_in(role, subject=str(uuid4())).post(again(bounced), **form)).status_code == 403
    elsewhere = await staff.post(again(bounced), **{**form, "back": "https://elsewhere.example/", "seen": "0"})
    assert elsewhere.url.path == "/envois"
    assert (await notifications.log())[0]["status"] == "bounced"
