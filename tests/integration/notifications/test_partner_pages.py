"""The pages of partners over HTTP: who sees what, own forms alone, nothing typed is lost, secrets once."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

import pytest_asyncio
from standardwebhooks import Webhook

from notifications.copies import store as copies
from notifications.webhooks import operations as webhooks
from shared.contracts.registration import CatalogueMessage, EventMessage
from shared.contracts.topics import CATALOGUE
from shared.runtime.decoding import Received
from tests.integration.notifications.world import an_edition, an_event, eventually, person

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{20,}")
ACTS = ("/essai", "/secret", "/arret", "/reprise", "/modifier", "/envois/rejeu")


@pytest_asyncio.fixture
async def notifications(emptied):
    async with emptied.serving() as serving:
        yield serving


def at(partner, act: str = "") -> str:
    return f"/partenaires/{partner['id']}{act}"


async def announced(notifications, event) -> None:
    """What the messages of an event that enters the programme do."""
    now = datetime.now(UTC)
    body = CatalogueMessage(change="published", event=event, page=f"/evenements/{event.id}", published_at=now)
    message = Received(
        id=uuid4(),
        topic=CATALOGUE.name,
        key=str(event.id),
        sequence=1,
        time=now,
        body=body,
        partition=0,
        offset=0,
    )
    async with notifications.service.database.transaction() as connection:
        await copies.keep_events(connection, [EventMessage(change="labelled", event=event)])
        await webhooks.announce_catalogue(connection, [message], public_url="https://semaine.example", now=now)


async def test_staff_see_all_endpoints_and_a_partner_its_own(notifications, receiver, sign_in, staff):
    own = await notifications.register(f"{receiver.url}/own", name="CCI Hauts-de-France")
    other = await notifications.register(f"{receiver.url}/other", name="Région Sud")
    everything = await staff.page("/partenaires")
    assert own["name"] in everything
    assert other["name"] in everything
    partner = sign_in("partner", subject=own["id"])
    assert own["name"] in await partner.page("/partenaires")
    assert other["name"] not in await partner.page("/partenaires")
    for path in (at(other), at(other, "/modifier"), at(other, "/envois")):
        assert (await partner.get(path)).status_code == 404, path
    form = await partner.form(at(own, "/essai"), at(own))
    given = {"name": "x", "url": receiver.url, "since": "2020-01-01T00:00"}
    for act in ACTS:
        assert (await partner.post(at(other, act), **form, **given)).status_code == 404, act
    assert (await partner.get("/partenaires/nouveau")).status_code == 403
    assert (await partner.post("/partenaires", **form, **given, id=str(uuid4()))).status_code == 403
    assert await notifications.log() == []


async def test_staff_find_their_rooms_on_every_page_of_partners_and_a_partner_has_none(
    notifications, receiver, sign_in, staff
):
    own = await notifications.register(f"{receiver.url}/own")
    partner = sign_in("partner", subject=own["id"])
    for path in ("/partenaires", "/partenaires/nouveau", at(own), at(own, "/modifier"), at(own, "/envois")):
        page = await staff.page(path)
        current = "page" if path == "/partenaires" else "true"
        assert f'<a href="/partenaires" aria-current="{current}">Partenaires</a>' in page, path
        assert 'href="/comite"' in page
        if path != "/partenaires/nouveau":
            assert "/comite" not in await partner.page(path), path
    documentation = "/partenaires/documentation"
    assert "Navigation" in await sign_in().page(documentation)
    for browser, rooms in ((staff, True), (partner, False), (sign_in(), False)):
        page = await browser.page(documentation)
        assert ('class="rooms"' in page) == rooms
        assert "noindex" not in page


async def test_others_sign_in_first_or_are_refused_and_the_documentation_is_open(notifications, receiver, sign_in):
    own = await notifications.register(f"{receiver.url}/own")
    assert (await sign_in("organiser", subject=own["id"]).get(at(own))).status_code == 403
    assert urlsplit(str((await sign_in().get(at(own))).url)).path == "/signin"
    page = await sign_in().page("/partenaires/documentation")
    for expected in ("catalogue.events.v1", "semaine.counter.v1", "event.slots[].begin", '"type": "event.rescheduled"'):
        assert expected in page
    for internal in ("registration.contacts.v1", "registration.events.v1"):
        assert internal not in page
    for program in ("from standardwebhooks import", "node:crypto", "public class Webhooks", "kcat -b HOST:PORT"):
        assert program in page
    assert 'lang="en"' in await sign_in().page("/partenaires/documentation?lang=en")


async def test_a_form_of_another_site_does_nothing(notifications, receiver, staff):
    own = await notifications.register(f"{receiver.url}/own")
    for path in ("/partenaires", *(at(own, act) for act in ACTS)):
        assert (await staff.post(path, name="x", url=receiver.url, id=str(uuid4()))).status_code == 403, path
    assert await notifications.log() == []
    assert await notifications.database.fetchval("SELECT count(*) FROM partners WHERE disabled_at IS NULL") == 1


async def test_a_new_endpoint_shows_its_secret_once(notifications, receiver, staff):
    form = await staff.form("/partenaires", "/partenaires/nouveau")
    fields = {**form, "name": "CCI", "url": f"{receiver.url}/p", "types": "event.published", "territories": "r32, 80"}
    answer = await staff.post("/partenaires", **fields, batch="1")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    (secret,) = set(SECRET.findall(unescape(answer.text)))
    again = await staff.post("/partenaires", **fields, batch="1")
    assert urlsplit(str(again.url)).path == f"/partenaires/{form['id']}"
    for text in (again.text, await staff.page("/partenaires"), await staff.page(f"/partenaires/{form['id']}/modifier")):
        assert not SECRET.search(unescape(text))
    (row,) = await notifications.database.fetch("SELECT types, territories, secret FROM partners")
    assert (row["types"], row["territories"], row["secret"]) == (["event.published"], ["R32", "80"], secret)


async def test_nothing_that_is_typed_is_lost(notifications, receiver, staff):
    wrong = {"name": "Région Sud", "url": "pas une adresse", "territories": "R93 nulle part", "batch": "mille"}
    form = await staff.form("/partenaires", "/partenaires/nouveau")
    own = await notifications.register(f"{receiver.url}/own")
    for path, hidden in (("/partenaires", form), (at(own, "/modifier"), {"csrf": form["csrf"]})):
        answer = await staff.post(path, **hidden, **wrong, types=["event.withdrawn"], event_types=["open_day"])
        assert answer.status_code == 422
        page = unescape(answer.text)
        for typed in wrong.values():
            assert f'value="{typed}"' in page
        assert re.findall(r'value="([a-z_.]+)" checked', page) == ["event.withdrawn", "open_day"]
        assert "Un de ces codes n’existe pas" in page
        assert "nombre entier" in page
    unusable = await staff.send(at(own, "/modifier"), at(own, "/modifier"), name="CCI", url="ftp://cci.example/x")
    assert unusable.status_code == 422
    assert "Cette adresse n’est pas utilisable" in unescape(unusable.text)
    shown = (await notifications.http.get(f"/v1/partners/{own['id']}", headers=notifications.staff)).json()
    assert shown["url"] == own["url"]


async def test_choices_are_changed(notifications, receiver, sign_in):
    own = await notifications.register(f"{receiver.url}/own", types=["event.published"], territories=["59"])
    partner = sign_in("partner", subject=own["id"])
    page = await partner.page(at(own, "/modifier"))
    assert 'value="event.published" checked' in page
    assert 'value="59"' in page
    url = f"{receiver.url}/elsewhere"
    answer = await partner.send(at(own, "/modifier"), at(own, "/modifier"), name="CCI", url=url, batch="20")
    assert "C’est enregistré." in unescape(answer.text)
    shown = (await notifications.http.get(f"/v1/partners/{own['id']}", headers=notifications.staff)).json()
    assert (shown["url"], shown["types"], shown["territories"], shown["batch"]) == (url, [], [], 20)


async def test_a_rotated_secret_is_shown_once_and_both_sign(notifications, receiver, sign_in):
    own = await notifications.register(f"{receiver.url}/own")
    partner = sign_in("partner", subject=own["id"])
    form = await partner.form(at(own, "/secret"), at(own))
    answer = await partner.post(at(own, "/secret"), **form)
    assert answer.headers["cache-control"] == "no-store"
    (secret,) = set(SECRET.findall(unescape(answer.text)))
    again = await partner.post(at(own, "/secret"), **form)
    assert "Rien n’a été fait" in unescape(again.text)
    assert not SECRET.search(unescape(again.text))
    assert "deux signatures" in await partner.page(at(own))
    await partner.send(at(own, "/essai"), at(own))
    await notifications.all_finished(1)
    ((body, headers),) = receiver.at("own")
    for each in (secret, own["secret"]):
        assert Webhook(each).verify(body, headers)["type"] == "test"


async def test_the_log_says_what_was_answered_and_sends_it_again(notifications, receiver, sign_in):
    own = await notifications.register(f"{receiver.url}/own")
    partner = sign_in("partner", subject=own["id"])
    assert "L’essai est parti" in unescape((await partner.send(at(own, "/essai"), at(own))).text)
    event = an_event(person(kind="organiser"), an_edition())
    await announced(notifications, event)
    await notifications.all_finished(2)
    page = await partner.page(at(own, "/envois"))
    for expected in (f"Événement publié – {event.title}", "Essai", "bien reçu", "200 answered 200", "1 essai"):
        assert expected in page
    assert "Essai</h2>" not in await partner.page(at(own, f"/envois?event={event.id}"))
    assert "Aucun envoi" in await partner.page(at(own, "/envois?status=failed"))
    (test,) = [each for each in await notifications.log() if each["event_id"] is None]
    replay = at(own, f"/envois/{test['id']}/rejeu")
    assert "1 envoi part de nouveau" in unescape((await partner.send(replay, at(own, "/envois"))).text)
    await eventually(lambda: len(receiver.at("own")) == 3)
    assert len({headers["webhook-id"] for _, headers in receiver.at("own")}) == 2
    await notifications.all_finished(2)
    since = at(own, "/envois/rejeu")
    empty = await partner.send(since, at(own, "/envois"), since="hier")
    assert empty.status_code == 422
    assert 'value="hier"' in empty.text
    all_ = await partner.send(since, at(own, "/envois"), since="2020-01-14T00:00")
    assert "2 envois partent de nouveau" in unescape(all_.text)
    await eventually(lambda: len(receiver.at("own")) == 5)


async def test_the_log_goes_page_by_page(notifications, receiver, sign_in, staff):
    own = await notifications.register(f"{receiver.url}/own", batch=100)
    other = await notifications.register(f"{receiver.url}/other")
    await staff.send(at(other, "/essai"), at(other))
    for _ in range(51):
        path = f"/v1/partners/{own['id']}/test"
        assert (await notifications.http.post(path, headers=notifications.staff)).is_success
    first = await staff.page(at(own, "/envois"))
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = await staff.page(following)
    positions = [re.findall(r'id="envoi-(\d+)"', page) for page in (first, second)]
    assert [len(each) for each in positions] == [50, 1]
    assert len({*positions[0], *positions[1]}) == 51
    assert 'rel="next"' not in second
    (elsewhere,) = await notifications.log(recipient_id=other["id"])
    form = await staff.form(at(own, "/essai"), at(own))
    assert (await staff.post(at(own, f"/envois/{elsewhere['id']}/rejeu"), **form)).status_code == 404


async def test_the_state_of_an_endpoint_is_said_in_words(notifications, receiver, staff):
    receiver.answers["gone"] = [(410, {}, 0), (200, {}, 0)]
    gone = await notifications.register(f"{receiver.url}/gone")
    away = await notifications.register(f"{receiver.url}/away")
    receiver.answers["away"] = [(503, {"retry-after": "3600"}, 0)]
    assert "Actif" in await staff.page(at(gone))
    for each in (gone, away):
        await staff.send(at(each, "/essai"), at(each))
    await notifications.all_finished(1, status="bounced")

    async def paused() -> bool:
        return "En pause" in await staff.page(at(away))

    await eventually(paused)
    assert "1 essai sans réponse utilisable" in await staff.page(at(away))
    assert "momentanément indisponible" in await staff.page(at(away, "/envois"))
    everything = await staff.page("/partenaires")
    for word in ("Désactivé", "En pause", "ne veut plus rien recevoir"):
        assert word in everything
    form = await staff.form(at(gone, "/reprise"), at(gone))
    assert (await staff.post(at(gone, "/essai"), **form)).status_code == 409
    assert "réactivé" in unescape((await staff.post(at(gone, "/reprise"), **form)).text)
    assert "Actif" in await staff.page(at(gone))
    assert "arrêtés" in unescape((await staff.send(at(gone, "/arret"), at(gone))).text)
    assert "Quelqu’un l’a arrêté" in await staff.page(at(gone))


async def test_pages_hold_no_inline_code_in_either_language(notifications, receiver, staff):
    own = await notifications.register(f"{receiver.url}/own")
    await staff.send(at(own, "/essai"), at(own))
    for path in ("/partenaires", "/partenaires/nouveau", at(own), at(own, "/modifier"), at(own, "/envois")):
        page = await staff.page(f"{path}?lang=en")
        assert '<html lang="en">' in page
        assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page)
