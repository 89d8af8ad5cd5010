"""A member of the committee gets one mail with what waits in their queue, and nobody learns the address."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from notifications.digests.domain import contact_id
from shared.runtime.tokens import Caller, sign
from tests.integration.notifications.world import an_edition, an_event, eventually, person

_DUE = "UPDATE digests SET due_at = now() - interval '1 second'"
OWN = "/v1/digests/own"


def bearer(notifications, caller: Caller) -> dict[str, str]:
    token = sign(key=notifications.key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


async def in_review(publisher, *departements: str | None):
    """Events that wait for the committee, with what it takes to tell of them."""
    edition, organiser = an_edition(), person(kind="organiser")
    events = []
    await publisher.edition(edition)
    for number, departement in enumerate(departements):
        event = an_event(organiser, edition).model_copy(update={"title": f"Visite {number}"})
        events.append(event)
        await publisher.event(event, notify=False)
        due_on = date(2020, 3, 6) + timedelta(days=number)
        await publisher.decision(event, "in_review", notify=False, due_on=due_on, departement=departement)
    await publisher.consumed()
    return events


async def test_a_digest_has_ones_own_queue_once(settled, publisher, mail_server):
    anne, staff = Caller("referent", "anne", ("44", "49")), Caller("staff", "alex")
    async with settled.running() as notifications, settled.running():
        events = await in_review(publisher, "44", "49", "67", None)
        await publisher.decision(events[1], "labelled", change="reviewed", notify=False)
        await publisher.event(events[3].model_copy(update={"status": "withdrawn"}), change="withdrawn", notify=False)
        await publisher.again()
        await publisher.consumed()
        for caller, email in ((anne, "anne@example.org"), (staff, "alex@example.org")):
            saved = await notifications.http.put(
                OWN, json={"email": email, "language": "en"}, headers=bearer(notifications, caller)
            )
            assert (saved.status_code, saved.json()["departements"]) == (200, list(caller.departements)), saved.text
        await notifications.database.execute(_DUE)
        await notifications.all_finished(2)
        (mail,) = mail_server.to("anne@example.org")
        assert mail["Subject"] == "1 event to review, 1 of them late"
        text = mail.get_body(("plain",)).get_content()
        assert f"https://semaine.example/comite/evenements/{events[0].id}" in text
        assert "Visite 1" not in text
        assert "/digest/unsubscription>" in mail["List-Unsubscribe"]
        assert "2 events to review" in mail_server.to("alex@example.org")[0]["Subject"]
        due_at = (await notifications.http.get(OWN, headers=bearer(notifications, anne))).json()["due_at"]
        assert datetime.fromisoformat(due_at) > datetime.now(UTC)


async def test_who_has_nothing_waiting_is_not_written_to(notifications, publisher, mail_server):
    await in_review(publisher, "67")
    for subject, departement in (("ben", "44"), ("cleo", "67")):
        await notifications.http.put(
            OWN, json={"email": f"{subject}@example.org"},
            headers=bearer(notifications, Caller("referent", subject, (departement,))),
        )  # fmt: skip
    await notifications.database.execute(_DUE)
    await notifications.all_finished(1)
    assert mail_server.times() == {"cleo@example.org": 1}

    async def both_looked_at() -> bool:
        return await notifications.database.fetchval("SELECT count(*) FROM digests WHERE due_at > now()") == 2

    await eventually(both_looked_at)


async def test_an_address_is_its_members_own_and_goes_with_the_wish(notifications, publisher):
    anne, ben = Caller("referent", "anne", ("44",)), Caller("referent", "ben", ("44",))
    assert (await notifications.http.get(OWN, headers=bearer(notifications, anne))).status_code == 404
    for caller, email in ((anne, "anne@example.org"), (ben, "ben@example.org")):
        await notifications.http.put(OWN, json={"email": email, "every": "week"}, headers=bearer(notifications, caller))
    assert "anne@" not in (await notifications.http.get(OWN, headers=bearer(notifications, ben))).text
    nowhere = Caller("referent", "dan")
    refused = await notifications.http.put(
        OWN, json={"email": "dan@example.org"}, headers=bearer(notifications, nowhere)
    )
    assert refused.status_code == 403
    done = await notifications.http.delete(OWN, headers=bearer(notifications, anne))
    assert done.json() == {"digests": 1}
    by_staff = await notifications.http.post(
        "/v1/digests/erasure", json={"email": "BEN@example.org"}, headers=notifications.staff
    )
    assert by_staff.json() == {"digests": 1}
    left = "SELECT count(*) FROM contacts WHERE id = ANY($1::uuid[])"
    ids: list[UUID] = [contact_id(anne), contact_id(ben)]
    assert await notifications.database.fetchval(left, ids) == 0


async def test_who_asks_for_their_own_data_reads_of_a_digest_and_erasing_ends_it(notifications, publisher, mail_server):
    asking, anne, other = person(language="en"), Caller("referent", "anne", ("44",)), Caller("referent", "eva", ("44",))
    await publisher.contact(asking)
    for caller, email in ((anne, asking.email.upper()), (other, "eva@example.org")):
        await notifications.http.put(OWN, json={"email": email, "every": "week"}, headers=bearer(notifications, caller))
    await publisher.access(asking, code="kq3vA1x0T9mB7cWd", purpose="own_data")
    await publisher.consumed()
    await notifications.all_finished(1)
    (mail,) = mail_server.to(asking.email)
    assert "this address gets a digest every week" in " ".join(mail.get_body(("plain",)).get_content().split())
    await publisher.erasure(asking)
    await publisher.again()
    await publisher.consumed()
    assert (await notifications.http.get(OWN, headers=bearer(notifications, anne))).status_code == 404
    assert (await notifications.http.get(OWN, headers=bearer(notifications, other))).status_code == 200
    kept = "SELECT count(*) FROM contacts WHERE lower(email) = lower($1)"
    assert await notifications.database.fetchval(kept, asking.email) == 0


async def test_unsubscribing_ends_it_until_it_is_wanted_again(notifications, publisher, mail_server):
    await in_review(publisher, "44")
    headers = bearer(notifications, Caller("referent", "eve", ("44",)))
    await notifications.http.put(OWN, json={"email": "eve@example.org"}, headers=headers)
    await notifications.database.execute(_DUE)
    await notifications.all_finished(1)
    (mail,) = mail_server.to("eve@example.org")
    link = mail["List-Unsubscribe"].strip("<>").removeprefix("https://semaine.example")
    unsubscribed = await notifications.http.post(link, data={"List-Unsubscribe": "One-Click"})
    assert [(each["kind"], each["wanted"]) for each in unsubscribed.json()["preferences"]] == [("digest", False)]
    await notifications.database.execute(_DUE)
    await notifications.all_finished(2)
    assert await notifications.statuses() == {"sent": 1, "withheld": 1}
    await notifications.http.put(OWN, json={"email": "eve@example.org"}, headers=headers)
    await notifications.database.execute(_DUE)
    await notifications.all_finished(3)
    assert len(mail_server.to("eve@example.org")) == 2
