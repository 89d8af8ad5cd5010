"""A partner's digest: to an address that has said yes, once a period, with what its subscription covers."""

from uuid import UUID, uuid4

from notifications.digests.of_partners.domain import contact_of
from notifications.digests.operations import tell
from shared.runtime.clock import now_by
from tests.integration.notifications.world import an_edition, an_event, eventually, person

_DUE = "UPDATE digests SET due_at = now() - interval '1 second'"
_LONG_AGO = """
WITH told AS (UPDATE digests SET told_until = told_until - interval '1 hour')
UPDATE deliveries SET created_at = created_at - interval '10 minutes', finished_at = finished_at - interval '10 minutes'
WHERE channel = 'webhook'
"""
_ASKED_LONG_AGO = "UPDATE digests SET asked_at = asked_at - interval '1 hour'"
_KEPT = "SELECT count(*) FROM contacts WHERE id = $1"


def subjects(mail_server, email: str) -> list[str]:
    return [mail["Subject"].replace("\N{NO-BREAK SPACE}", " ") for mail in mail_server.to(email)]


def code_in(mail) -> str:
    text = mail.get_body(("plain",)).get_content()
    (link,) = [word for word in text.split() if "/recapitulatif/confirmation?code=" in word]
    return link.partition("?code=")[2]


async def wanted(notifications, receiver, *, email: str, **choices):
    """A partner that wants a digest, and its token."""
    partner = await notifications.register(f"{receiver.url}/p", **choices)
    token = notifications.token("partner", partner["id"])
    body = {"email": email, "language": "en"}
    answer = await notifications.http.put(f"/v1/partners/{partner['id']}/digest", json=body, headers=token)
    assert (answer.status_code, answer.json()["confirmed"]) == (200, False), answer.text
    return partner["id"], token


async def confirmed(notifications, mail_server, email: str) -> str:
    """The code of the latest confirmation, used."""

    async def asked() -> bool:
        # Finished too: another question takes the place of one that is still under way.
        return bool(mail_server.to(email)) and not await notifications.log(channel="email", status="pending")

    await eventually(asked)
    code = code_in(mail_server.to(email)[-1])
    answer = await notifications.http.post("/v1/digests/confirmation", json={"code": code})
    assert answer.status_code == 200, answer.text
    return code


async def due(notifications, *, time_passes: bool = True) -> None:
    """All digests are due, and what was announced so far is old enough for them."""
    if time_passes:
        await notifications.database.execute(_LONG_AGO)
    await notifications.database.execute(_DUE)

    async def looked_at() -> bool:
        left = "SELECT count(*) FROM digests WHERE due_at <= now() AND code IS NULL"
        return await notifications.database.fetchval(left) == 0

    await eventually(looked_at)


async def announced(notifications, publisher, *events, withdrawn=()) -> None:
    for event in events:
        await publisher.event(event, notify=False)
        await publisher.catalogue(event)
    for event in withdrawn:
        await publisher.withdrawal(event)
    await publisher.consumed()

    async def delivered() -> bool:
        return not await notifications.log(channel="webhook", status="pending")

    await eventually(delivered)


async def test_nothing_is_sent_before_the_address_says_yes_then_one_digest_with_what_was_told(
    settled, publisher, mail_server, receiver
):
    edition, organiser, email = an_edition(), person(kind="organiser"), f"{uuid4().hex[:8]}@cci.example"
    async with settled.running() as notifications, settled.running():
        partner_id, token = await wanted(notifications, receiver, email=email, event_types=["company_visit"])
        new, gone = [an_event(organiser, edition, title=f"Visite {number}", type="company_visit") for number in (1, 2)]
        other = an_event(organiser, edition, title="Forum", type="trades_forum")
        await publisher.edition(edition)
        await notifications.database.execute(_DUE)
        await confirmed(notifications, mail_server, email)
        assert subjects(mail_server, email) == ["Confirm your digest"]

        await announced(notifications, publisher, new, gone, other, withdrawn=[gone])
        await due(notifications)
        await due(notifications, time_passes=False)  # and finds nothing to tell
        await notifications.all_finished(2, channel="email")
        assert [subject.partition(": ")[2] for subject in subjects(mail_server, email)[1:]] == [
            "2 events in the programme"
        ]
        mail = mail_server.to(email)[1]
        text = " ".join(mail.get_body(("plain",)).get_content().split())
        assert "1 new, 0 changed, 1 cancelled or withdrawn" in text
        assert "3 accepted, 0 failing" in text
        assert "Forum" not in text
        assert f"https://semaine.example/partenaires/{partner_id}" in text
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/partner_digest/unsubscription>" in mail["List-Unsubscribe"]
        shown = await notifications.http.get(f"/v1/partners/{partner_id}/digest", headers=token)
        assert shown.json()["confirmed"] is True


async def test_what_does_not_arrive_is_told_without_any_news(notifications, publisher, mail_server, receiver):
    email = f"{uuid4().hex[:8]}@cci.example"
    partner_id, token = await wanted(notifications, receiver, email=email)
    await confirmed(notifications, mail_server, email)
    await notifications.http.post(f"/v1/partners/{partner_id}/test", headers=token)

    async def sent() -> bool:
        return len(await notifications.log(channel="webhook", status="sent")) == 1

    await eventually(sent)
    await due(notifications)  # that a test was accepted is no news
    assert subjects(mail_server, email) == ["Confirm your digest"]
    await notifications.database.execute("UPDATE deliveries SET status = 'failed' WHERE channel = 'webhook'")
    await due(notifications)
    await notifications.all_finished(2, channel="email")
    (_, subject) = subjects(mail_server, email)
    assert subject.endswith("webhooks do not arrive")


async def test_a_code_works_once_and_only_the_latest(notifications, mail_server, receiver):
    email, other = (f"{uuid4().hex[:8]}@cci.example" for _ in range(2))
    partner_id, token = await wanted(notifications, receiver, email=email)
    path = f"/v1/partners/{partner_id}/digest"
    again = await notifications.http.put(path, json={"email": other}, headers=token)
    assert (again.status_code, again.json()["errors"][0]["field"]) == (429, "email")
    assert int(again.headers["retry-after"]) > 0
    code = await confirmed(notifications, mail_server, email)
    for wrong in (code, "nonsense"):
        answer = await notifications.http.post("/v1/digests/confirmation", json={"code": wrong})
        assert answer.status_code == 403
    weekly = await notifications.http.put(path, json={"email": email, "every": "week"}, headers=token)
    assert (weekly.json()["confirmed"], weekly.json()["every"]) == (True, "week")
    await notifications.database.execute(_ASKED_LONG_AGO)
    moved = await notifications.http.put(path, json={"email": other}, headers=token)
    assert moved.json()["confirmed"] is False
    await notifications.database.execute("UPDATE digests SET code_until = now() - interval '1 second'")

    async def forgotten() -> bool:
        return await notifications.database.fetchval(_KEPT, contact_of(UUID(partner_id))) == 0

    await eventually(forgotten)  # an address that never said yes
    assert (await notifications.http.get(path, headers=token)).status_code == 404


async def test_who_unsubscribes_is_asked_again_before_anything_is_sent(notifications, mail_server, receiver):
    email = f"{uuid4().hex[:8]}@cci.example"
    partner_id, token = await wanted(notifications, receiver, email=email)
    await confirmed(notifications, mail_server, email)
    await notifications.database.execute(_ASKED_LONG_AGO)
    link = notifications.service.http.state.links.unsubscription(contact_of(UUID(partner_id)), "partner_digest")
    path = link.removeprefix("https://semaine.example")
    chosen = await notifications.http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert [(each["kind"], each["wanted"]) for each in chosen.json()["preferences"]] == [("partner_digest", False)]
    again = await notifications.http.put(f"/v1/partners/{partner_id}/digest", json={"email": email}, headers=token)
    assert again.json()["confirmed"] is False
    await notifications.all_finished(2, channel="email")
    await confirmed(notifications, mail_server, email)
    shown = await notifications.http.get(f"/v1/partners/{partner_id}/digest", headers=token)
    assert shown.json()["confirmed"] is True


async def test_the_address_goes_with_the_wish_the_partner_or_the_person(
    notifications, publisher, mail_server, receiver
):
    guest = person()
    removed, erased, stopped = [
        await wanted(notifications, receiver, email=email)
        for email in (f"{uuid4().hex[:8]}@cci.example", guest.email, f"{uuid4().hex[:8]}@cci.example")
    ]
    export = {"json": {"email": guest.email.upper()}, "headers": notifications.staff}
    found = (await notifications.http.post("/v1/digests/export", **export)).json()["digests"]
    assert [(each["partner_id"], each["confirmed"], each["email"]) for each in found] == [
        (erased[0], False, guest.email)
    ]
    await notifications.http.delete(f"/v1/partners/{removed[0]}", headers=removed[1])
    done = await notifications.http.delete(f"/v1/partners/{stopped[0]}/digest", headers=stopped[1])
    assert done.json() == {"digests": 1}
    await publisher.contact(guest)
    await publisher.erasure(guest)
    await publisher.consumed()

    async def gone() -> bool:
        return await notifications.database.fetchval("SELECT count(*) FROM digests") == 0

    await eventually(gone)
    for partner_id, _ in (removed, erased, stopped):
        assert await notifications.database.fetchval(_KEPT, contact_of(UUID(partner_id))) == 0
    assert (await notifications.http.post("/v1/digests/export", **export)).json() == {"digests": []}


async def test_who_came_and_was_erased_while_nobody_read_leaves_no_digest(settled, publisher, mail_server, receiver):
    """Both messages come at once: the address is in the first alone, and is kept nowhere."""
    guest = person()
    async with settled.serving() as notifications:
        await wanted(notifications, receiver, email=guest.email)
    await publisher.contact(guest)
    await publisher.erasure(guest)
    async with settled.running() as notifications:
        await publisher.consumed()
        assert await notifications.database.fetchval("SELECT count(*) FROM digests") == 0
        assert await notifications.database.fetchval("SELECT count(*) FROM contacts WHERE email IS NOT NULL") == 0


async def test_a_digest_that_is_told_twice_at_once_is_queued_once(settled, publisher, mail_server, receiver):
    """However many processes look: the row of the digest is held, and its period moves on with the mail."""
    edition, organiser, email = an_edition(), person(kind="organiser"), f"{uuid4().hex[:8]}@cci.example"
    async with settled.running() as notifications:
        await wanted(notifications, receiver, email=email)
        await publisher.edition(edition)
        await confirmed(notifications, mail_server, email)
        await announced(notifications, publisher, an_event(organiser, edition))
        await due(notifications)
        before = await notifications.database.fetchval("SELECT count(*) FROM deliveries WHERE kind = 'partner_digest'")
        async with notifications.service.database.transaction() as connection:
            await tell(connection, now=await now_by(connection))
        after = await notifications.database.fetchval("SELECT count(*) FROM deliveries WHERE kind = 'partner_digest'")
        assert (before, after) == (1, 1)


async def test_its_page_asks_and_the_link_says_yes(notifications, mail_server, receiver, sign_in):
    email = f"{uuid4().hex[:8]}@cci.example"
    partner = await notifications.register(f"{receiver.url}/p")
    page = f"/partenaires/{partner['id']}/recapitulatif"
    browser = sign_in("partner", subject=partner["id"])
    faulty = await browser.send(page, page, email="nowhere", every="week")
    assert faulty.status_code == 422
    assert (await browser.send(page, page, email=email, every="week")).status_code == 200
    shown = await browser.page(page)
    assert "n’est pas confirmée" in shown
    assert f'value="{email}"' in shown
    often = await browser.send(page, page, email="other@cci.example", every="week")
    assert often.status_code == 429
    await notifications.all_finished(1, channel="email")
    (mail,) = mail_server.to(email)
    link = f"/recapitulatif/confirmation?code={code_in(mail)}"
    reader = sign_in("partner", subject=str(uuid4()))
    for status in (200, 403):
        answer = await reader.post(
            "/recapitulatif/confirmation", **await reader.form("/recapitulatif/confirmation", link)
        )
        assert answer.status_code == status
    assert "n’est pas confirmée" not in await browser.page(page)
    assert (await browser.send(f"{page}/off", page)).status_code == 200
    assert email not in await browser.page(page)
