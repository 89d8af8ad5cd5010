"""A new organiser, page by page: registers, is mailed a code, signs in with it, and begins their first event."""

import re

import httpx
import pytest

from shared.contracts.topics import CONTACTS
from tests.integration.registration import world
from tests.integration.registration.world import Registration

HTML = {"Accept": "text/html,application/xhtml+xml"}
PAGE = "/organisateur/inscription"


@pytest.fixture
async def browser(registration: Registration):
    """A client with cookies of its own that follows redirects, as a browser does."""
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


@pytest.fixture
async def current(registration):
    """An edition above all others: the one that events are proposed to."""
    number = 1 + await registration.value("SELECT coalesce(max(number), 0) FROM editions")
    return await registration.edition(number=min(number, 1000))


def written(**changes):
    """The form as somebody fills it in."""
    fields = world.organiser_content(**{"language": "fr", **changes})
    return {f"organiser.{name}": value for name, value in fields.items()}


async def send(browser, path=PAGE, **fields):
    page = await browser.get(path)
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    return await browser.post(path, data={"csrf": token, **fields})


async def of_address(registration, email):
    """Ids of its organisers."""
    found = await registration.value("SELECT array_agg(id::text ORDER BY id) FROM organisers WHERE email = $1", email)
    return found or []


async def test_a_new_organiser_registers_and_begins_their_first_event(registration, browser, current):
    assert f'href="{PAGE}"' in (await browser.get("/")).text
    assert f'href="{PAGE}"' in (await browser.get("/signin")).text
    form = written(name="Fonderie du Val", contact_name="Alix Roy", phone="02 40 00 00 00", language="en")
    answer = await send(browser, **form)
    assert (answer.status_code, answer.url.path) == (200, f"{PAGE}/envoyee")
    (id_,) = await of_address(registration, form["organiser.email"])
    code = await registration.access_code(id_, message=2)
    assert "session" not in browser.cookies  # the address is not proven yet
    kept = (await registration.http.get(f"/v1/organisers/{id_}", headers=registration.staff)).json()
    shown = {f"organiser.{name}": value for name, value in kept.items() if value and name != "id"}
    assert shown == form

    draft = await send(browser, "/signin/code", code=code)
    assert draft.status_code == 200
    assert re.fullmatch(r"/organisateur/evenements/[0-9a-f-]{36}/modifier", draft.url.path)
    event = draft.url.path.split("/")[3]
    stored = await registration.value("SELECT organiser_id::text || edition_id FROM drafts WHERE id::text = $1", event)
    assert stored == id_ + current
    assert (await browser.get(PAGE)).url.path == "/organisateur"


async def test_who_has_begun_an_event_signs_in_to_their_own_page(registration, browser, current):
    email = f"{world.unique('contact')}@example.org"
    organiser = await registration.organiser(email=email)
    await registration.draft(current, organiser, {"title": "Visite"})
    answer = await send(browser, "/signin/code", code=await registration.access_code(organiser.id, message=2))
    assert answer.url.path == "/organisateur"
    assert await registration.value("SELECT count(*) FROM drafts WHERE organiser_id::text = $1", organiser.id) == 1


async def test_the_page_does_not_tell_who_is_known_and_the_known_sign_in_at_their_own_address(registration, browser):
    known = written(name="Verrerie des Landes")
    first = await send(browser, **known)
    (id_,) = await of_address(registration, known["organiser.email"])
    again = await send(browser, **known)
    elsewhere = await send(
        browser, **known | {"organiser.email": f"{world.unique('other')}@example.org", "organiser.name": "Une autre"}
    )
    assert (first.url.path, first.text) == (again.url.path, again.text) == (elsewhere.url.path, elsewhere.text)
    told = await registration.messages(CONTACTS, id_, count=4)
    assert [each.body.change for each in told] == ["created", *["access_requested"] * 3]
    assert {each.body.contact.email for each in told} == {known["organiser.email"]}
    assert {each.body.contact.name for each in told} == {"Claude Martin"}
    assert await registration.value("SELECT count(*) FROM organisers WHERE siret = $1", known["organiser.siret"]) == 1


async def test_one_address_may_stand_for_several_organisations(registration, browser):
    email = f"{world.unique('agence')}@example.org"
    for name in ("Musée des outils", "Musée des métiers"):
        form = written(name=name, kind="association", siret="", email=email)
        assert (await send(browser, **form)).url.path == f"{PAGE}/envoyee"
    for id_ in await of_address(registration, email):
        told = await registration.messages(CONTACTS, id_, count=2)
        assert [each.body.change for each in told] == ["created", "access_requested"]


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(registration, browser):
    email = f"{world.unique('nobody')} at home"
    wrong = written(kind="", name="a", siret="123", uai="0440001", rna="X1", email=email, phone="0" * 31)
    answer = await send(browser, **wrong)
    assert answer.status_code == 422
    fields = ["kind", "name", "siret", "uai", "rna", "email", "phone"]
    assert re.findall(r'<a href="#organiser\.(\w+)">', answer.text) == fields
    for field in fields:
        assert f'<a href="#organiser.{field}">' in answer.text, field
        assert f'id="organiser.{field}-fault-1"' in answer.text, field
    for typed in ("a", "123", "0440001", "X1", email, "0" * 31, "Claude Martin"):
        assert f'value="{typed}"' in answer.text, typed
    assert "Un SIRET s’écrit en 14 chiffres" in answer.text
    assert not await of_address(registration, email)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"siret": ""}, "Une entreprise donne son SIRET"),
        ({"siret": "", "name": ""}, "Une entreprise donne son SIRET"),
        ({"siret": "73282932000075"}, "Ce SIRET n’est pas possible"),
        ({"kind": "school", "siret": "", "uai": "0440001A"}, "Cet UAI n’est pas possible"),
    ],
)
async def test_an_impossible_number_is_refused_with_its_remedy(registration, browser, changes, said):
    form = written(**changes)
    answer = await send(browser, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{form["organiser.email"]}"' in answer.text
    assert not await of_address(registration, form["organiser.email"])


async def test_the_form_speaks_the_language_of_the_browser_and_proposes_it_for_mails(browser):
    for language, title in (("fr", "Inscrire votre organisation"), ("en", "Register your organisation")):
        page = await browser.get(PAGE, headers={"Accept-Language": language})
        assert title in page.text
        assert f'<option value="{language}" selected>' in page.text


async def test_a_form_of_another_site_registers_nobody(registration, browser):
    form = written()
    assert (await browser.post(PAGE, data=form)).status_code == 403
    assert not await of_address(registration, form["organiser.email"])
