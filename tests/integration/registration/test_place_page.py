"""The page behind the link in a guest's mail: it shows, two buttons act, fetching it never does."""

import re
from uuid import uuid4

import httpx
import pytest

from tests.integration.registration.world import Organiser, Registration

pytestmark = pytest.mark.servers
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser(registration: Registration):
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


async def press(browser: httpx.AsyncClient, address: str, button: str) -> httpx.Response:
    page = await browser.get(address)
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    return await browser.post(f"{address}/{button}", data={"csrf": token})


async def test_a_place_is_kept_or_given_up_by_one_button(
    registration: Registration, edition: str, organiser: Organiser, browser
):
    event_id = await registration.labelled(edition, organiser)
    signed_up = (await registration.sign_up(event_id)).json()["participation"]["id"]
    address = f"/a/{signed_up}"
    await registration.postponed(edition)
    for _ in ("a person", "a mail scanner"):
        page = await browser.get(address)
        assert page.status_code == 200
        assert "28 mars 2090" in page.text  # where it was
        assert "14 novembre 2090" in page.text
        assert "Je garde ma place" in page.text
    for _ in ("once", "again"):
        page = await press(browser, address, "keep")
        assert "Vous avez confirmé votre venue" in page.text
        assert "Je garde ma place" not in page.text
    for _ in ("once", "again"):
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        page = await press(browser, address, "cancel") if token else await browser.get(address)
        assert "Inscription annulée" in page.text
    assert await registration.lists_told(event_id, count=2) == [("signed_up", 1, 1, 0), ("cancelled", 0, 0, 1)]


async def test_without_the_forms_token_nothing_happens(
    registration: Registration, edition: str, organiser: Organiser, browser
):
    event_id = await registration.labelled(edition, organiser)
    signed_up = (await registration.sign_up(event_id)).json()["participation"]["id"]
    assert (await browser.post(f"/a/{signed_up}/cancel")).status_code == 403
    await registration.all_told()
    assert await registration.lists_told(event_id, count=1) == [("signed_up", 1, 1, 0)]


async def test_of_a_cancelled_event_it_says_so(registration: Registration, edition: str, organiser: Organiser, browser):
    event_id = await registration.labelled(edition, organiser)
    signed_up = (await registration.sign_up(event_id)).json()["participation"]["id"]
    await registration.postponed(edition, kind="cancelled", dates=None)
    page = await browser.get(f"/a/{signed_up}")
    assert "Cet événement n’aura pas lieu" in page.text
    assert "<button" not in re.sub(r"(?s)<header.*?</header>|<footer.*?</footer>", "", page.text)


async def test_an_unknown_place_is_not_found(browser):
    assert (await browser.get(f"/a/{uuid4()}")).status_code == 404
