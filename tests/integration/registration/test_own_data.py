"""A person's own way to their data: a mailed code that works once, downloads or erases, and names nobody."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.contracts.topics import CONTACTS
from tests.integration.registration.world import Organiser, Registration, unique

pytestmark = pytest.mark.servers
HTML = {"Accept": "text/html,application/xhtml+xml"}
OWN = "/v1/persons/own"


@pytest.fixture
async def browser(registration: Registration):
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


@pytest.fixture
async def guest(registration: Registration, edition: str, organiser: Organiser):
    """The address, contact and event of somebody who has signed up."""
    email = f"{unique('own')}@example.org"
    event_id = await registration.labelled(edition, organiser)
    done = (await registration.sign_up(event_id, email=email, name="Camille Moreau")).json()
    return email, done["participation"]["contact_id"], event_id


async def ask(registration: Registration, email: str) -> None:
    answer = await registration.http.post(f"{OWN}/access", json={"email": email})
    assert (answer.status_code, answer.content) == (202, b"")


async def code(registration: Registration, contact_id: str, *, message: int) -> str:
    told = (await registration.messages(CONTACTS, contact_id, count=message))[-1]
    assert (told.change, told.body.access.purpose) == ("access_requested", "own_data")
    assert told.body.access.expires_at - datetime.now(UTC) < timedelta(hours=1)
    found: str = told.body.access.code
    return found


async def test_a_code_exports_once_and_another_erases(registration: Registration, guest):
    email, contact_id, event_id = guest
    await ask(registration, email.upper())
    first = {"code": await code(registration, contact_id, message=2)}
    found = (await registration.http.post(f"{OWN}/export", json=first)).json()
    assert [each["name"] for each in found["persons"]] == ["Camille Moreau"]
    assert [each["event_id"] for each in found["sign_ups"]] == [event_id]
    for what in ("export", "erasure"):
        assert (await registration.http.post(f"{OWN}/{what}", json=first)).status_code == 403
    await ask(registration, email)
    second = {"code": await code(registration, contact_id, message=3)}
    erased = await registration.http.post(f"{OWN}/erasure", json=second)
    assert erased.json() == {"persons": 1, "organisers": 0}
    assert (await registration.messages(CONTACTS, contact_id, count=4))[-1].change == "tombstone"
    state = await registration.http.get(f"/v1/events/{event_id}/participations", headers=registration.staff)
    assert state.json()["guest_list"]["announced"] == 1


async def test_a_code_is_of_no_use_elsewhere_or_later(registration: Registration, guest):
    email, contact_id, _ = guest
    await ask(registration, email)
    found = {"code": await code(registration, contact_id, message=2)}
    assert (await registration.http.post("/v1/organisers/token", json=found)).status_code == 403
    await registration.execute("UPDATE data_codes SET expires_at = now() WHERE contact_id = $1", contact_id)
    assert (await registration.http.post(f"{OWN}/export", json=found)).status_code == 403


async def test_an_erasure_ends_the_other_codes(registration: Registration, guest):
    email, contact_id, _ = guest
    await ask(registration, email)
    left = {"code": await code(registration, contact_id, message=2)}
    await registration.http.post("/v1/persons/erasure", json={"email": email}, headers=registration.staff)
    assert (await registration.http.post(f"{OWN}/export", json=left)).status_code == 403
    kept = "SELECT count(*) FROM data_codes WHERE contact_id = $1"
    assert await registration.value(kept, contact_id) == 0


async def test_an_organiser_who_never_signed_up_gets_one_too(registration: Registration):
    email = f"{unique('contact')}@example.org"
    organiser = await registration.organiser(email=email, phone="01 02 03 04 05")
    await ask(registration, email)
    found = {"code": await code(registration, organiser.id, message=3)}
    exported = (await registration.http.post(f"{OWN}/export", json=found)).json()
    assert [each["phone"] for each in exported["organisers"]] == ["01 02 03 04 05"]


async def test_by_pages_from_the_address_to_the_erasure(registration: Registration, guest, browser):
    email, contact_id, _ = guest

    async def send(path: str, **fields: str) -> httpx.Response:
        page = await browser.get(path)
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
        return await browser.post(path, data={"csrf": token, **fields})

    assert "Écrivez une adresse" in (await send("/mes-donnees", email="nobody at home")).text
    unknown = await send("/mes-donnees", email=f"{unique('nobody')}@example.org")
    known = await send("/mes-donnees", email=email)
    assert known.url.path == unknown.url.path == "/mes-donnees/sent"
    assert known.text == unknown.text
    mailed = await code(registration, contact_id, message=2)
    assert (await browser.get("/mes-donnees/code")).status_code == 200  # as a mail scanner does
    unsure = await send("/mes-donnees/code", code=mailed, what="erase")
    assert (unsure.status_code, "Cochez cette case" in unsure.text) == (422, True)
    file = await send("/mes-donnees/code", code=mailed, what="export")
    assert file.headers["content-disposition"] == 'attachment; filename="mes-donnees.json"'
    assert file.headers["cache-control"] == "private, no-store"
    assert file.json()["email"] == email
    spent = await send("/mes-donnees/code", code=mailed, what="export")
    assert (spent.status_code, "Ce code n’est pas valable" in spent.text) == (422, True)
    await send("/mes-donnees", email=email)
    mailed = await code(registration, contact_id, message=3)
    erased = await send("/mes-donnees/code", code=mailed, what="erase", sure="yes")
    assert erased.url.path == "/mes-donnees/erased"
    assert (await registration.messages(CONTACTS, contact_id, count=4))[-1].change == "tombstone"
