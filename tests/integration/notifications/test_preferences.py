"""People switch off what they do not want by the link in their mails; what bounces for good is not sent any more."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest

from tests.integration.notifications.world import an_edition, an_event, eventually, person

PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9"}


@pytest.fixture
async def told(publisher):
    """Tells an organiser that each of these events came in; answers the organiser."""

    async def tell(count: int):
        edition, organiser = an_edition(), person(kind="organiser")
        await publisher.edition(edition)
        await publisher.contact(organiser)
        for _ in range(count):
            await publisher.event(an_event(organiser, edition))
        await publisher.consumed()
        return edition, organiser

    return tell


def link_in(mail) -> str:
    return mail["List-Unsubscribe"].strip("<>").removeprefix("https://semaine.example")


async def test_one_click_ends_mails_of_that_kind_alone(notifications, publisher, mail_server, told):
    edition, organiser = await told(1)
    await notifications.all_finished(1)
    link = link_in(mail_server.to(organiser.email)[0])
    done = await notifications.http.post(
        link,
        content="List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert done.status_code == 200
    wanted = {each["kind"]: each["wanted"] for each in done.json()["preferences"]}
    assert not wanted["receipt"]
    assert all(value for kind, value in wanted.items() if kind != "receipt")
    event = an_event(organiser, edition)
    await publisher.event(event)
    await publisher.decision(event, "labelled")
    await notifications.all_finished(3)
    assert await notifications.statuses() == {"sent": 2, "withheld": 1}
    (withheld,) = await notifications.log(status="withheld")
    assert (withheld["kind"], withheld["attempts"]) == ("receipt", 0)
    again = await notifications.http.post(link.replace("unsubscription", "subscription"))
    assert all(each["wanted"] for each in again.json()["preferences"])
    await publisher.event(an_event(organiser, edition))
    await notifications.all_finished(4)
    assert await notifications.statuses() == {"sent": 3, "withheld": 1}


async def test_looking_changes_nothing(notifications, mail_server, told):
    """Programmes that check mails follow every link in them."""
    _, organiser = await told(1)
    await notifications.all_finished(1)
    link = link_in(mail_server.to(organiser.email)[0])
    page = await notifications.http.get(link, headers=PAGE)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert f'action="{link}"' in page.text
    assert "Ne plus recevoir" in page.text
    english = await notifications.http.get(link, headers={**PAGE, "Accept-Language": "en"})
    assert "Stop these" in english.text
    done = await notifications.http.post(link, headers=PAGE)
    assert done.status_code == 200
    assert f'action="{link.replace("unsubscription", "subscription")}"' in done.text
    await notifications.http.post(link.replace("unsubscription", "subscription"), headers=PAGE)
    preferences = link.partition("/receipt/")[0]
    assert preferences in mail_server.to(organiser.email)[0].get_body(("plain",)).get_content()
    shown = (await notifications.http.get(preferences)).json()
    assert all(each["wanted"] for each in shown["preferences"])
    assert await notifications.database.fetchval("SELECT count(*) FROM silenced") == 0


async def test_a_link_that_is_not_ours_leads_nowhere(notifications, publisher, mail_server, told):
    _, organiser = await told(1)
    await notifications.all_finished(1)
    link = link_in(mail_server.to(organiser.email)[0])
    token = link.split("/")[3]
    for wrong in (token[:-4] + "AAAA", "a" * 43, str(organiser.id)):
        for answer in (
            await notifications.http.get(f"/v1/preferences/{wrong}"),
            await notifications.http.post(link.replace(token, wrong)),
        ):
            assert answer.status_code == 404
    assert (await notifications.http.post(link.replace("receipt", "access"))).status_code == 422
    await publisher.erasure(organiser)
    await publisher.consumed()
    assert (await notifications.http.post(link)).status_code == 404
    assert await notifications.database.fetchval("SELECT count(*) FROM silenced") == 0


async def test_an_address_that_is_refused_for_good_gets_nothing_more(notifications, publisher, mail_server, told):
    edition, organiser = await told(0)
    mail_server.answers[organiser.email] = ["550 5.1.1 no such user"]
    for count in range(1, 6):
        await publisher.event(an_event(organiser, edition))
        await notifications.all_finished(count)
    assert await notifications.statuses() == {"bounced": 3, "withheld": 2}
    # Who asks for a code is tried all the same; and a mail that arrives clears the address.
    mail_server.answers[organiser.email] = ["250 OK"]
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(6)
    await publisher.event(an_event(organiser, edition))
    await notifications.all_finished(7)
    assert await notifications.statuses() == {"bounced": 3, "withheld": 2, "sent": 2}


async def test_a_new_address_is_not_blamed_for_the_old_one(notifications, publisher, mail_server, told):
    edition, organiser = await told(0)
    mail_server.answers[organiser.email] = ["550 5.1.1 no such user"]
    for count in range(1, 4):
        await publisher.event(an_event(organiser, edition))
        await notifications.all_finished(count)
    moved = organiser.model_copy(update={"email": f"new.{organiser.email}"})
    await publisher.contact(moved)
    await publisher.consumed()
    await publisher.event(an_event(organiser, edition))
    await notifications.all_finished(4)
    assert await notifications.statuses() == {"bounced": 3, "sent": 1}
    assert parseaddr(mail_server.mails[0][1]["To"])[1] == moved.email


async def test_a_full_mailbox_is_no_dead_address(notifications, publisher, mail_server, told):
    edition, organiser = await told(0)
    mail_server.answers[organiser.email] = ["552 5.2.2 mailbox full"]
    for count in range(1, 5):
        await publisher.event(an_event(organiser, edition))
        await notifications.all_finished(count)
    assert await notifications.statuses() == {"bounced": 4}


async def test_at_night_only_what_people_wait_for_is_sent(settled, publisher, mail_server):
    """Here it is night for some hours from now on: the decision waits for their end, the receipt does not."""
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    now = datetime.now(ZoneInfo("Europe/Paris"))
    hours = f"{(now.hour - 1) % 24}-{(now.hour + 6) % 24}"
    async with settled.running(quiet_hours=hours) as notifications:
        await publisher.edition(edition)
        await publisher.contact(organiser)
        await publisher.event(event)
        await publisher.decision(event, "labelled")
        await publisher.consumed()
        await notifications.all_finished(1, status="sent")

        async def put_off() -> bool:
            (waiting,) = await notifications.log(status="pending")
            return datetime.fromisoformat(waiting["due_at"]) > now + timedelta(hours=1)

        await eventually(put_off)
        assert [each["kind"] for each in await notifications.log(status="sent")] == ["receipt"]
