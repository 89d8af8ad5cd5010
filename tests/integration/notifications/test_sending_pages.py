"""What staff see of what is sent, over HTTP: samples of an act, the log of deliveries, dead letters."""

import asyncio
import base64
import re
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from notifications.copies import store as copies
from notifications.webhooks import operations as webhooks
from shared.contracts.registration import CatalogueMessage, EventMessage
from shared.contracts.topics import BY_NAME, CATALOGUE, DEAD_LETTERS, EVENTS
from shared.runtime.decoding import Received
from tests.integration.notifications.world import an_edition, an_event, person

ACT = {
    "name.fr": "Semaine",
    "name.en": "Week",
    "kind": "postponed",
    "policy": "kept",
    "respond_by": "",
    "previous_dates.first_day": "2020-03-30",
    "previous_dates.last_day": "2020-04-05",
    "dates.first_day": "2020-11-16",
    "dates.last_day": "2020-11-22",
    "terms.fr": "Tout rouvre.",
    "terms.en": "All is open again.",
}


@pytest_asyncio.fixture
async def notifications(emptied):
    async with emptied.serving() as serving:
        yield serving


async def announced(notifications, event, *, sequence: int = 1, withdrawn: bool = False) -> None:
    """What the messages of an event that enters the programme, or leaves it, do."""
    now = datetime.now(UTC)
    body = CatalogueMessage(change="published", event=event, page=f"/v1/events/{event.id}", published_at=now)
    message = Received(
        id=uuid4(),
        topic=CATALOGUE.name,
        key=str(event.id),
        sequence=sequence,
        time=now,
        body=None if withdrawn else body,
        partition=0,
        offset=0,
    )
    async with notifications.service.database.transaction() as connection:
        await copies.keep_events(connection, [EventMessage(change="labelled", event=event)])
        await webhooks.announce_catalogue(connection, [message], public_url="https://semaine.example", now=now)


async def samples(staff, **fields):
    """The part of an act's preview that this service makes."""
    token = (await staff.form("/partenaires", "/partenaires/nouveau"))["csrf"]
    return await staff.post("/envois/exemples", csrf=token, **(ACT | fields))


def partners_in(answer) -> int:
    return int(re.search(r"prévenus?</dt><dd>(\d+)<", answer.text)[1])


async def test_staff_read_what_each_role_would_be_told_in_both_languages(staff):
    answer = await samples(staff)
    assert answer.status_code == 200, answer.text
    words = unescape(answer.text)
    for said in ("Tout rouvre.", "All is open again.", "mardi 17 novembre 2020", "Tuesday 17 November 2020"):
        assert said in words
    assert words.count("<details") == 3
    assert "prévenu" not in words  # no edition was named: nobody was counted


@pytest.mark.parametrize(("kind", "expected"), [("postponed", 3), ("postponed_undated", 2), ("cancelled", 2)])
async def test_partners_who_would_hear_of_an_act_are_counted(notifications, receiver, staff, kind, expected):
    """Those who want to hear of this kind of act, of an event that is in the edition's programme or that they know."""
    edition, organiser = an_edition(), person(kind="organiser")
    event = an_event(organiser, edition)
    where = event.place.departement
    for name, wanted in {
        "all": {},
        "changes": {"types": ["event.changed"], "territories": [where]},
        "moved": {"types": ["event.rescheduled"]},
        "news": {"types": ["event.published"]},
        "elsewhere": {"territories": ["976"]},
        "off": {},
    }.items():
        registered = await notifications.register(f"{receiver.url}/{name}", name=name, **wanted)
        if name == "off":
            gone = await notifications.http.patch(
                f"/v1/partners/{registered['id']}", json={"enabled": False}, headers=notifications.staff
            )
            assert gone.status_code == 200, gone.text
    act = {"edition_id": edition.id, "kind": kind}
    assert partners_in(await samples(staff, **act)) == 0  # nothing is in the programme
    await announced(notifications, event)
    assert partners_in(await samples(staff, **act)) == expected
    body = {
        "edition_id": edition.id,
        "name": {"fr": "Semaine", "en": "Week"},
        "kind": kind,
        "previous_dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
        "terms": {"fr": "…", "en": "…"},
    }
    if kind == "postponed":
        body["dates"] = {"first_day": "2020-11-16", "last_day": "2020-11-22"}
    told = await notifications.http.post("/v1/notices/samples", json=body, headers=notifications.staff)
    assert told.json()["partners"] == expected
    await announced(notifications, event, sequence=2, withdrawn=True)
    assert partners_in(await samples(staff, **act)) == 0


async def test_samples_are_for_staff_and_for_an_act_that_is_whole(sign_in, staff):
    assert (await sign_in("partner", subject=str(uuid4())).post("/envois/exemples", **ACT)).status_code == 403
    assert (await staff.post("/envois/exemples", csrf="none", **ACT)).status_code == 403
    assert (await samples(staff, kind="party")).status_code == 422
    assert (await samples(staff, **{"dates.first_day": ""})).status_code == 422


# The log


async def settled_mail(notifications, contact, *, event=None, status: str, detail: str, attempts: int = 1) -> None:
    """A mail in the log, as the sender leaves it."""
    async with notifications.service.database.transaction() as connection:
        finished = None if status == "pending" else datetime.now(UTC)
        await connection.execute(
            """
            INSERT INTO deliveries (id, message_id, recipient_id, channel, kind, event_id, status, attempts, detail,
                                    queued_at, due_at, created_at, finished_at)
            VALUES ($1::uuid, $1::uuid::text, $2, 'email', 'receipt', $3, $4::text, $5, $6, now(),
                    CASE WHEN $4 = 'pending' THEN now() END, now(), $7)
            """,
            uuid4(),
            contact.id,
            event and event.id,
            status,
            attempts,
            detail,
            finished,
        )


async def kept(notifications, *contacts, events=()) -> None:
    async with notifications.service.database.transaction() as connection:
        await copies.keep_contacts(connection, list(contacts))
        await copies.keep_events(connection, [EventMessage(change="labelled", event=event) for event in events])


@pytest.mark.parametrize(
    ("status", "detail", "said"),
    [
        ("sent", "250 2.0.0 OK", "Accepté par le serveur de messagerie"),
        ("pending", "451 4.7.1 later", "Nous réessayons tout seuls"),
        ("bounced", "550 5.1.1 no such user", "n’existe pas"),
        ("bounced", "550 who is that?", "n’existe pas"),
        ("bounced", "552 5.2.2 over quota", "est pleine"),
        ("bounced", "554 5.7.1 spam", "indésirables"),
        ("bounced", "571 no", "pour de bon"),
        ("failed", "421 too busy", "Abandonné"),
        ("failed", "the recipient has been erased", "effacer ses données"),
        ("withheld", "a later act on the edition has taken its place", "plus récente"),
        ("withheld", "the recipient wants no mails of this kind", "ne veut plus"),
    ],
)
async def test_the_log_says_in_words_what_became_of_a_mail(notifications, staff, status, detail, said):
    zoe = person(name="Zoé Lefèvre")
    await kept(notifications, zoe)
    await settled_mail(notifications, zoe, status=status, detail=detail)
    page = await staff.page("/envois")
    assert said in page
    assert "Zoé Lefèvre" in page
    assert detail in page
    assert zoe.email not in page  # until somebody looks for that person


async def test_a_person_is_found_by_address_and_the_address_stays_out_of_addresses(notifications, staff):
    zoe, ali = person(name="Zoé Lefèvre"), person(name="Ali Ben")
    organiser = zoe.model_copy(update={"id": uuid4(), "kind": "organiser", "name": "Atelier Lefèvre"})
    await kept(notifications, zoe, ali, organiser)
    for each in (zoe, organiser, ali):
        await settled_mail(notifications, each, status="sent", detail="250 OK")
    found = await staff.send("/envois/recherche", "/envois", what=f" {zoe.email.upper()} ")
    assert found.status_code == 200
    assert "%40" not in str(found.url)
    assert "@" not in str(found.url)
    page = unescape(found.text)
    assert "Zoé Lefèvre" in page
    assert "Atelier Lefèvre" in page
    assert zoe.email in page
    assert "Ali Ben" not in page
    nobody = await staff.send("/envois/recherche", "/envois", what="nobody@example.org")
    assert "Personne n’a cette adresse" in unescape(nobody.text)


async def test_an_event_is_found_by_words_of_its_title_and_by_its_page(notifications, staff):
    organiser, edition = person(kind="organiser", name="Atelier"), an_edition()
    forge = an_event(organiser, edition).model_copy(update={"title": "Visite 100 % forge"})
    other = an_event(organiser, edition).model_copy(update={"title": "Visite 100 fonderies"})
    await kept(notifications, organiser, events=[forge, other])
    for each in (forge, other):
        await settled_mail(notifications, organiser, event=each, status="sent", detail="250 OK")
    for what in ("100 % FORGE", f"https://semaine.example/evenements/{forge.id}", str(forge.id)):
        page = unescape((await staff.send("/envois/recherche", "/envois", what=what)).text)
        assert "Visite 100 % forge" in page
        assert "Visite 100 fonderies" not in page
    both = await staff.page("/envois?status=sent&channel=email")
    assert "Visite 100 % forge" in both
    assert "Visite 100 fonderies" in both
    assert "Aucun envoi ne correspond" in await staff.page("/envois?channel=webhook")


async def test_who_has_had_their_data_erased_is_named_no_more(notifications, staff):
    zoe = person(name="Zoé Lefèvre")
    await kept(notifications, zoe)
    await settled_mail(notifications, zoe, status="sent", detail="250 OK")
    async with notifications.service.database.transaction() as connection:
        await copies.erase_contacts(connection, [zoe.id])
    page = await staff.page("/envois")
    assert "Zoé" not in page
    assert "données ont été effacées" in page


async def test_a_long_log_has_pages(notifications, staff):
    zoe = person(name="Zoé")
    await kept(notifications, zoe)
    for number in range(51):
        await settled_mail(notifications, zoe, status="sent", detail=f"250 number-{number}.")
    first = await staff.page("/envois")
    assert "number-50." in first
    assert "number-0." not in first
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "number-0." in await staff.page(following)


async def test_announcements_lead_to_the_partners_own_log(notifications, receiver, staff):
    partner = await notifications.register(f"{receiver.url}/own", name="CCI Hauts-de-France")
    event = an_event(person(kind="organiser"), an_edition())
    await announced(notifications, event)
    page = await staff.page("/envois?channel=webhook")
    assert "CCI Hauts-de-France" in page
    assert f"/partenaires/{partner['id']}/envois?event={event.id}" in page


# Dead letters


async def laid_aside(notifications, letter_id, *, reason: str = "refused", detail: str = "no", event) -> None:
    """What a service's consumer would have laid aside."""
    key = base64.b64encode(str(event.id).encode())
    about = {"id": str(letter_id), "reason": reason, "detail": detail, "topic": EVENTS.name, "partition": "0"}
    about |= {"offset": "7", "at": datetime.now(UTC).isoformat(), "key": key.decode()}
    headers = [(f"dead_letter_{name}", text.encode()) for name, text in about.items()]
    producer = AIOKafkaProducer(bootstrap_servers=notifications.service.settings.kafka_bootstrap_servers, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(
            DEAD_LETTERS["stats"].name,
            b'{"secret": "kept to itself"}',
            key=str(letter_id).encode(),
            headers=[("ce_type", b"none"), *headers],
        )
    finally:
        await producer.stop()


async def test_dead_letters_are_told_in_words_and_sent_again(notifications, system, staff):
    letter_id, event = uuid4(), an_event(person(kind="organiser"), an_edition()).model_copy(update={"title": "Forge"})
    await kept(notifications, events=[event])
    await laid_aside(notifications, letter_id, reason="refused", detail="there is no <event>", event=event)
    page = await staff.page("/envois/rebuts")
    for said in ("Un événement – Forge", "Écarté par les compteurs", "n’est pas possible", "there is no <event>"):
        assert said in page
    assert "kept to itself" not in page
    again = f"/envois/rebuts/stats/{letter_id}/renvoi"
    done = await staff.send(again, "/envois/rebuts")
    assert "Le message est renvoyé" in unescape(done.text)
    (replayed,) = [each for each in await replays(system, EVENTS.name) if each.key == f"replay/{letter_id}".encode()]
    assert replayed.value == b'{"secret": "kept to itself"}'
    assert dict(replayed.headers)["semaine_replay_for"] == b"stats"
    assert again not in await staff.page("/envois/rebuts")
    assert "Renvoyé le" in await staff.page("/envois/rebuts?state=replayed")


@pytest_asyncio.fixture
async def letter(notifications):
    """Its address, and the event that it is about."""
    letter_id = uuid4()
    event = an_event(person(kind="organiser"), an_edition()).model_copy(update={"title": f"Forge {letter_id}"})
    await kept(notifications, events=[event])
    await laid_aside(notifications, letter_id, event=event)
    return f"/envois/rebuts/stats/{letter_id}", event.title


async def test_a_letter_is_sent_again_once_however_often_one_clicks(system, staff, letter):
    at, _ = letter
    form = await staff.form(f"{at}/renvoi", "/envois/rebuts")
    answers = await asyncio.gather(*(staff.post(f"{at}/renvoi", **form) for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
    assert await replays_of(system, at) == 1


async def test_a_letter_is_discarded_once_with_who_when_and_why(system, sign_in, staff, letter):
    at, title = letter
    discarding, kim = f"{at}/classement", sign_in("staff", subject="kim")
    field = f"why-{at.rpartition('/')[2]}"
    done = await kim.send(discarding, "/envois/rebuts", **{field: "  Un <essai>\r\nde vendredi. "})
    assert "classé sans suite" in unescape(done.text)
    form = await staff.form("/envois/recherche", "/envois")
    await staff.post(discarding, **form, **{field: "Trop tard."})  # somebody else, from an older page
    assert title not in await staff.page("/envois/rebuts")
    discarded = await staff.page("/envois/rebuts?state=discarded")
    assert title in discarded
    assert "par kim :" in discarded
    assert "Un <essai> de vendredi." in discarded
    assert "Trop tard." not in discarded
    assert discarding not in discarded
    assert "Un &lt;essai&gt;" in (await staff.get("/envois/rebuts?state=discarded")).text
    assert await replays_of(system, at) == 0
    await staff.send(f"{at}/renvoi", "/envois/rebuts?state=discarded")  # after all
    assert await replays_of(system, at) == 1
    again = await staff.page("/envois/rebuts?state=replayed")
    assert "Un <essai> de vendredi." in again  # the trail stays


async def replays_of(system, at) -> int:
    key = f"replay/{at.rpartition('/')[2]}".encode()
    return len([each for each in await replays(system, EVENTS.name) if each.key == key])


@pytest.mark.parametrize(("why", "said"), [("  ", "Remplissez ce champ"), ("x" * 501, "au plus 500 caractères")])
async def test_a_letter_is_not_discarded_without_a_reason(staff, letter, why, said):
    at, title = letter
    field = f"why-{at.rpartition('/')[2]}"
    answer = await staff.send(f"{at}/classement", "/envois/rebuts", **{field: why})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'id="{field}"[^>]*aria-describedby="{field}-help {field}-fault-1"', answer.text)
    assert said in answer.text
    assert why.strip() in answer.text
    assert title in await staff.page("/envois/rebuts")


async def test_a_letter_that_is_not_there_is_neither_sent_nor_discarded(staff):
    form = await staff.form("/envois/recherche", "/envois")
    unknown = uuid4()
    at = f"/envois/rebuts/stats/{unknown}"
    assert (await staff.post(f"{at}/renvoi", **form)).status_code == 404
    assert (await staff.post(f"{at}/classement", **form, **{f"why-{unknown}": "Rien."})).status_code == 404
    assert (await staff.post(f"{at}/classement", csrf="none")).status_code == 403


async def replays(system, topic: str):
    """What stands on a topic by itself in place of a dead letter, tombstones left out."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=system.bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(BY_NAME[topic].partitions)]
        consumer.assign(partitions)
        ends, found = await consumer.end_offsets(partitions), []
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += [each for each in records if each.value is not None and each.key.startswith(b"replay/")]
        return found
    finally:
        await consumer.stop()


async def test_what_was_sent_and_dead_letters_are_for_staff(sign_in):
    for role in ("organiser", "referent", "partner"):
        browser = sign_in(role, subject=str(uuid4()))
        for path in ("/envois", "/envois/rebuts"):
            assert (await browser.get(path)).status_code == 403
        assert (await browser.post("/envois/recherche", what="a@example.org")).status_code == 403
        for act in (f"rebuts/stats/{uuid4()}/renvoi", f"rebuts/stats/{uuid4()}/classement", f"{uuid4()}/renvoi"):
            assert (await browser.post(f"/envois/{act}")).status_code == 403
    assert (await sign_in().get("/envois")).url.path == "/signin"
