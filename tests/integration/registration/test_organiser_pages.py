"""The organiser's space over HTTP: writing an event, what is wrong with it, who came, and whose it is."""

import csv
import html
import json
import re
from uuid import UUID

import httpx
import pytest

from registration.pages.organiser import ROUTERS
from tests.integration.registration import world

HTML = {"Accept": "text/html,application/xhtml+xml"}
HERE = "/organisateur/evenements"
WHOLE = {
    "title": "Visite de l’atelier de soudure",
    "description": "Soudure,\r\nusinage et contrôle qualité.",
    "type": "company_visit",
    "themes": ["recruitment"],
    "audience": ["general_public", "young_people"],
    "price_cents": "0",
    "slots.0.day": "28/03/2090",
    "slots.0.begin": "9h",
    "slots.0.end": "12h30",
    "slots.1.day": "",
    "slots.1.begin": "",
    "slots.1.end": "",
    "place.mode": "onsite",
    "place.address": "2 rue des Chantiers",
    "place.postcode": "44550",
    "place.city": "Montoir-de-Bretagne",
    "capacity": "1 200",
}


class Browser:
    """A client with cookies of its own, signed in as an organiser; its forms have the token that pages put there."""

    def __init__(self, http):
        self.http = http

    async def get(self, path, **options):
        return await self.http.get(path, **options)

    async def send(self, path, page="/organisateur", headers=None, **fields):
        text = (await self.http.get(page)).text
        token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
        return await self.http.post(path, data={"csrf": token, **fields}, headers=headers)


async def signed_in(registration, caller):
    http = httpx.AsyncClient(base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True)
    http.cookies.set("session", caller["Authorization"].removeprefix("Bearer "))
    return Browser(http)


@pytest.fixture
async def browser(registration, organiser):
    made = await signed_in(registration, organiser.headers)
    async with made.http:
        yield made


@pytest.fixture
async def other(registration):
    made = await signed_in(registration, (await registration.organiser()).headers)
    async with made.http:
        yield made


@pytest.fixture
async def current(registration):
    """An edition above all others: the one that events are proposed to."""
    number = 1 + await registration.value("SELECT coalesce(max(number), 0) FROM editions")
    return await registration.edition(number=min(number, 1000))


@pytest.fixture
async def draft(browser, current):
    """The address of a draft in which nothing is written."""
    page = await browser.send(HERE)
    assert page.status_code == 200, page.text
    return page.url.path.removesuffix("/modifier")


async def content_of(registration, address):
    """What a draft holds."""
    return await registration.value("SELECT content FROM drafts WHERE id = $1", UUID(address.rpartition("/")[2]))


async def test_an_event_is_proposed_from_an_empty_draft(registration, browser, draft, current):
    again = await browser.send(HERE)
    assert again.url.path == f"{draft}/modifier"  # nothing has been written yet: the same draft
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="submit", **WHOLE)
    assert (answer.status_code, answer.url.path) == (200, draft), answer.text
    assert "Soumis" in answer.text
    id_ = draft.rpartition("/")[2]
    event = (await registration.http.get(f"/v1/events/{id_}", headers=registration.staff)).json()
    assert event["edition_id"] == current
    assert event["slots"] == [{"begin": "2090-03-28T09:00:00", "end": "2090-03-28T12:30:00"}]
    assert event["description"] == "Soudure,\nusinage et contrôle qualité."
    assert (event["capacity"], event["price_cents"], event["place"]["departement"]) == (1200, 0, "44")
    assert await registration.events_told(id_, count=1) == [("submitted", 1, "submitted")]
    assert await content_of(registration, draft) is None
    space = await browser.get("/organisateur")
    assert "Visite de l’atelier de soudure" in space.text


async def test_what_is_wrong_stands_at_the_top_and_beside_its_field_and_nothing_is_lost(registration, browser, draft):
    wrong = WHOLE | {
        "title": "ab",
        "price_cents": "douze",
        "capacity": "plein",
        "slots.0.day": "31/02/2090",
        "slots.1.day": "2090-03-29",
        "slots.1.begin": "16:00",
        "slots.1.end": "14:00",
        "slots.2.begin": "quatorze",
        "place.postcode": "",
        "type": "",
    }
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="submit", **wrong)
    assert answer.status_code == 422
    for field in ("title", "type", "price_cents", "capacity", "slots.0.day", "slots.1.end", "slots.2.day"):
        assert f'<a href="#{field}">' in answer.text, field
        assert f'id="{field}-fault-1"' in answer.text, field
    for typed in ("ab", "douze", "plein", "2090-02-31", "16:00", "14:00", "quatorze", "Montoir-de-Bretagne"):
        assert f'value="{typed}"' in answer.text, typed
    assert "Soudure,\nusinage" in answer.text
    kept = await browser.get(f"{draft}/modifier")  # the draft has all of it
    for typed in ("douze", "plein", "2090-02-31", "quatorze"):
        assert f'value="{typed}"' in kept.text, typed


async def test_a_place_is_asked_for_unless_the_event_is_online(browser, draft):
    without = WHOLE | {"place.postcode": "", "place.city": ""}
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="submit", **without)
    assert "Indiquez le code postal" in html.unescape(answer.text)
    online = without | {"place.mode": "online", "place.url": "https://example.org/visite"}
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="submit", **online)
    assert answer.url.path == draft


async def test_a_draft_saves_itself_and_says_what_the_charter_can_be_asked(registration, browser, draft, organiser):
    page = await browser.send(
        f"{draft}/brouillon", f"{draft}/modifier", **(WHOLE | {"price_cents": "douze", "slots.1.begin": "soir"})
    )
    assert page.status_code == 200
    assert "Brouillon enregistré" in page.text
    kept = await content_of(registration, draft)
    assert kept["price_cents"] == "douze"
    asked = json.loads(html.unescape(re.search(r"data-content='([^']+)'", page.text)[1]))
    assert asked["title"] == WHOLE["title"]
    assert asked["slots"] == [{"begin": "2090-03-28T09:00", "end": "2090-03-28T12:30"}]
    assert "price_cents" not in asked
    assert asked["organiser"]["kind"] == "company"


async def test_a_slot_is_added_without_javascript(browser, draft):
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="add_slot", **WHOLE)
    assert 'id="slots.1.day"' in answer.text
    assert 'value="2090-03-28"' in answer.text
    more = WHOLE | {"slots.1.day": "2090-03-29", "slots.1.begin": "9:00", "slots.1.end": "10:00"}
    answer = await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="add_slot", **more)
    assert 'id="slots.2.day"' in answer.text


async def test_a_draft_that_was_submitted_elsewhere_is_not_overwritten(registration, browser, draft):
    await browser.send(f"{draft}/modifier", f"{draft}/modifier", action="submit", **WHOLE)
    id_ = draft.rpartition("/")[2]
    await browser.send(f"{draft}/brouillon", f"{draft}/modifier", **(WHOLE | {"title": "Un autre titre"}))
    assert await registration.value("SELECT content->>'title' FROM events WHERE id = $1::uuid", id_) == WHOLE["title"]
    assert await content_of(registration, draft) is None


async def test_a_draft_is_thrown_away(registration, browser, draft):
    answer = await browser.send(f"{draft}/suppression")
    assert answer.url.path == "/organisateur"
    assert await content_of(registration, draft) is None
    assert (await browser.get(f"{draft}/modifier")).status_code == 404


async def test_an_amendment_that_changes_nothing_is_none(registration, browser, current, organiser):
    event = await registration.submit(
        current, organiser, description="Soudure,\nusinage.", place={"latitude": 47.3, "longitude": -2.1}
    )
    page = (await browser.get(f"{HERE}/{event['id']}/modifier")).text
    fields = fields_of(page)
    assert fields["slots.0.begin"] == ["09:00"]
    await browser.send(f"{HERE}/{event['id']}/modifier", f"{HERE}/{event['id']}/modifier", **fields, action="submit")
    assert await registration.value("SELECT sequence FROM events WHERE id = $1::uuid", event["id"]) == 1
    changed = fields | {"title": ["Un tout autre titre"]}
    answer = await browser.send(
        f"{HERE}/{event['id']}/modifier", f"{HERE}/{event['id']}/modifier", **changed, action="submit"
    )
    assert "Un tout autre titre" in answer.text
    assert [each[:2] for each in await registration.events_told(event["id"], count=2)] == [
        ("submitted", 1),
        ("amended", 2),
    ]


async def test_fewer_places_than_guests_are_refused_beside_the_field(registration, browser, current, organiser):
    id_ = await registration.labelled(current, organiser)
    await registration.sign_up(id_, kind="group", people=30)
    page = f"{HERE}/{id_}/modifier"
    fields = fields_of((await browser.get(page)).text) | {"capacity": ["10"]}
    answer = await browser.send(page, page, **fields, action="submit")
    assert answer.status_code == 409
    assert 'id="capacity-fault-1"' in answer.text
    assert 'value="10"' in answer.text


async def test_a_copy_moves_by_whole_weeks(registration, browser, organiser, current):
    number = await registration.value("SELECT number FROM editions WHERE id = $1", current)
    before = await registration.edition(
        number=number - 1 or 1,
        dates={"first_day": "2089-03-28", "last_day": "2089-04-03"},
        label_window={"first_day": "2089-03-14", "last_day": "2089-04-17"},
        submission_deadline="2089-03-18",
    )
    slots = [{"begin": "2089-03-29T09:00", "end": "2089-03-29T12:00"}]  # a Tuesday
    event = await registration.submit(before, organiser, slots=slots, reference=world.unique("R"))
    copy = await browser.send(f"{HERE}/{event['id']}/copie")
    kept = await content_of(registration, copy.url.path.removesuffix("/modifier"))
    assert kept["slots"] == [{"begin": "2090-03-28T09:00:00", "end": "2090-03-28T12:00:00"}]  # a Tuesday too
    assert kept["title"] == event["title"]
    assert "reference" not in kept


async def test_an_event_is_withdrawn_for_good(registration, browser, current, organiser):
    id_ = await registration.labelled(current, organiser)
    answer = await browser.send(f"{HERE}/{id_}/retrait", f"{HERE}/{id_}")
    assert "Retiré du programme" in answer.text
    assert await registration.value("SELECT status FROM events WHERE id = $1::uuid", id_) == "withdrawn"


async def test_people_are_checked_in_apart_from_those_announced(registration, browser, current, organiser):
    id_ = await registration.labelled(current, organiser)
    one = (await registration.sign_up(id_, name="Ève Zola")).json()["participation"]["id"]
    group = (await registration.sign_up(id_, kind="group", people=25, name="Collège")).json()["participation"]["id"]
    door = f"{HERE}/{id_}/accueil"
    page = (await browser.get(door)).text
    assert page.index("Collège") < page.index("Ève Zola")
    line = await browser.send(f"{door}/{group}", door, {"HX-Request": "true"}, people="23")
    assert "23 venus" in line.text
    assert "<html" not in line.text
    whole = await browser.send(f"{door}/{one}", door, people="1")
    assert "<html" in whole.text
    await browser.send(f"{door}/{one}", door, people="1")  # pressed twice
    await browser.send(door, door, others="4")
    state = (await registration.http.get(f"/v1/events/{id_}/participations", headers=organiser.headers)).json()
    assert (state["guest_list"]["announced"], state["guest_list"]["actual"]) == (26, 28)
    await browser.send(f"{door}/{group}", door, people="0")
    told = await registration.lists_told(id_, count=6)
    assert [each[0] for each in told] == ["signed_up", "signed_up", "attended", "attended", "attended", "attended"]
    assert await registration.value("SELECT actual FROM guest_lists WHERE event_id = $1::uuid", id_) == 5
    wrong = await browser.send(door, door, others="beaucoup")
    assert wrong.status_code == 422
    assert 'value="beaucoup"' in wrong.text


async def test_the_guest_list_is_taken_along_without_formulas(registration, browser, current, organiser):
    id_ = await registration.labelled(current, organiser)
    await registration.sign_up(id_, name="=HYPERLINK(1)")
    await registration.sign_up(id_, name="Ève; Zola", email="eve@example.org")
    page = (await browser.get(f"{HERE}/{id_}/inscrits")).text
    assert "eve@example.org" in page
    answer = await browser.get(f"{HERE}/{id_}/inscrits.csv")
    assert answer.headers["cache-control"] == "private, no-store"
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][:4] == ["Nom", "Type", "Personnes", "Adresse e-mail"]
    assert {row[0] for row in rows[1:]} == {"'=HYPERLINK(1)", "Ève; Zola"}


async def test_the_history_says_what_happened(registration, browser, current, organiser):
    event = await registration.submit(current, organiser)
    await registration.decide(event["id"], "labelled")
    content = {name: event[name] for name in ("title", "description", "type", "slots", "place")} | {"capacity": 50}
    content["place"] = {name: content["place"][name] for name in ("mode", "address", "postcode", "city")}
    assert (await registration.amend(event["id"], organiser.headers, content | {"title": "Autrement"})).is_success
    page = (await browser.get(f"{HERE}/{event['id']}/historique")).text
    assert page.index("<strong>Modifié</strong>") < page.index("<strong>Décision</strong>")
    assert page.index("<strong>Décision</strong>") < page.index("<strong>Envoyé</strong>")
    assert "titre" in page


async def test_a_file_is_taken_in_and_each_row_that_is_not_is_explained(registration, browser, other, current):
    token = re.search(r'name="csrf" value="([^"]+)"', (await browser.get("/organisateur/import")).text)[1]
    rows = (
        "reference;title;description;type;slots;postcode;city\n"
        "A-1;La fonderie;Coulée.;company_visit;2090-03-28T09:00/2090-03-28T12:00;44600;Saint-Nazaire\n"
        "A-2;;Rien;company_visit;2090-03-28T09:00/2090-03-28T12:00;44600;Saint-Nazaire\n"
    )
    answer = await browser.http.post(
        "/organisateur/import", data={"csrf": token}, files={"file": ("a.csv", rows.encode(), "text/csv")}
    )
    assert answer.status_code == 200, answer.text
    assert "1 ligne n’a pas été prise" in answer.text
    assert "<code>title</code></td><td>il manque : ajoutez-le</td>" in answer.text
    english = await browser.get(answer.url.path, headers={"Accept-Language": "en"})
    assert "<code>title</code></td><td>it is missing: add it</td>" in english.text
    spreadsheet = {"file": ("a.xlsx", b"PK\x03\x04" + b"x" * 100, "text/csv")}
    unreadable = await browser.http.post("/organisateur/import", data={"csrf": token}, files=spreadsheet)
    assert "Le fichier est un classeur ou une archive ZIP : enregistrez-le en CSV UTF-8." in unreadable.text
    assert (await other.get(answer.url.path)).status_code == 404
    empty = await browser.send("/organisateur/import", "/organisateur/import")
    assert empty.status_code == 422
    assert 'id="file-fault-1"' in empty.text


async def test_an_answer_where_nothing_was_asked_is_refused_in_words(registration, browser, current, organiser):
    id_ = await registration.labelled(current, organiser)
    page = f"{HERE}/{id_}/reponse"
    assert "Il n’y a rien à répondre" in (await browser.get(page)).text
    answer = await browser.send(page, page, act="1", answer="confirm")
    assert answer.status_code == 409
    assert "n’est plus possible" in answer.text


def routes():
    """Every page of one event in the organiser's space: method and address."""
    found = [
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if route.path.startswith(f"{HERE}/{{event_id}}")
        for method in sorted(route.methods - {"HEAD"})
    ]
    assert len(found) > 10
    return found


async def test_every_page_of_an_event_is_its_organisers_alone(registration, other, current, organiser):
    event = await registration.labelled(current, organiser)
    guest = (await registration.sign_up(event)).json()["participation"]["id"]
    draft = (await registration.draft(current, organiser, {"title": "Secret"}))["id"]
    before = await state(registration, event, draft)
    staff = await signed_in(registration, registration.staff)
    async with httpx.AsyncClient(base_url=registration.http.base_url, headers=HTML) as nobody, staff.http:
        for method, path in routes():
            for id_ in (event, draft):
                address = path.replace("{event_id}", id_).replace("{participation_id}", guest)
                if method == "GET":
                    answers = [await each.get(address) for each in (other, staff, nobody)]
                else:
                    fields = {"people": "1", "others": "7", "action": "save", "act": "1", "answer": "confirm", **WHOLE}
                    answers = [await other.send(address, **fields), await staff.send(address, "/", **fields)]
                    answers.append(await nobody.post(address))
                statuses = [answer.status_code for answer in answers]
                expected = [404, 403, 303 if method == "GET" else 403]
                gone = path.endswith("/suppression") and id_ == event
                assert statuses == ([200, 403, 403] if gone else expected), (method, address)
                assert all("Secret" not in answer.text for answer in answers)
    assert await state(registration, event, draft) == before


async def state(registration, event, draft):
    return [
        await registration.value("SELECT row_to_json(e)::text FROM events e WHERE id = $1::uuid", event),
        await registration.value("SELECT row_to_json(d)::text FROM drafts d WHERE id = $1::uuid", draft),
        await registration.value("SELECT row_to_json(g)::text FROM guest_lists g WHERE event_id = $1::uuid", event),
    ]


async def test_no_form_of_another_site_is_taken(registration, browser, current, organiser):
    event = await registration.labelled(current, organiser)
    for method, path in [*routes(), ("POST", HERE)]:
        if method == "POST":
            address = path.replace("{event_id}", event).replace("{participation_id}", event)
            answer = await browser.http.post(address, data={"people": "1"})
            assert answer.status_code == 403, address


def fields_of(page):
    """What a browser would send of the form, as it was rendered."""
    form = page[page.index('id="event-form"') : page.index("</form>", page.index('id="event-form"'))]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if said.get("type") in {"checkbox", "radio"} and not re.search(r"\schecked", tag):
            continue
        if said["name"] != "csrf":
            fields.setdefault(said["name"], []).append(html.unescape(said.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = [html.unescape(text).replace("\n", "\r\n")]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = re.findall(r'value="([^"]+)" selected', options)
    return fields
