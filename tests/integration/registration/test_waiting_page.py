"""Waiting by pages: joined by the event's form, answered by the page behind the mailed link."""

import re
from uuid import uuid4

import httpx
import pytest

from tests.integration.registration.world import Organiser, Registration, event_content, unique

pytestmark = pytest.mark.servers
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser(registration: Registration):
    async with httpx.AsyncClient(
        base_url=registration.http.base_url, timeout=30, headers=HTML, follow_redirects=True
    ) as http:
        yield http


def secret(page: httpx.Response) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


async def test_from_the_form_of_a_full_event_to_a_place(
    registration: Registration, edition: str, organiser: Organiser, browser
):
    event_id = await registration.labelled(edition, organiser, **event_content(capacity=1))
    page = await browser.get(f"/evenements/{event_id}")
    assert "Me mettre sur la liste d’attente" in page.text
    place = (await registration.sign_up(event_id)).json()["participation"]["id"]
    page = await browser.get(f"/evenements/{event_id}")
    assert "Rejoindre la liste d’attente" in page.text
    entered = {"csrf": secret(page), "kind": "person", "name": "Camille", "email": f"{unique('c')}@example.org"}
    refused = await browser.post(f"/evenements/{event_id}", data=entered)
    assert refused.status_code == 409
    assert "Il n’y a plus de place libre" in refused.text
    joined = await browser.post(f"/evenements/{event_id}", data=entered | {"if_full": "wait"})
    assert joined.status_code == 200
    assert joined.url.path.startswith("/a/attente/")
    assert "Vous êtes sur la liste d’attente" in joined.text
    assert "Rang : 1." in joined.text
    again = await browser.post(f"/evenements/{event_id}", data=entered | {"if_full": "wait"})
    assert "déjà sur la liste d’attente" in again.text
    await registration.cancel(event_id, place)
    entry = {"event_id": event_id, "id": joined.url.path.rpartition("/")[2]}
    await registration.waits_until(entry, "offered")
    for _ in ("a person", "a mail scanner"):
        page = await browser.get(joined.url.path)
        assert "Une place s’est libérée pour vous" in page.text
    taken = await browser.post(f"{joined.url.path}/accept", data={"csrf": secret(page)})
    assert "Votre inscription" in taken.text
    assert taken.url.path.startswith("/a/")
    assert "Vous êtes inscrit" in (await browser.get(joined.url.path)).text


async def test_an_offer_is_declined_or_found_lapsed(
    registration: Registration, edition: str, organiser: Organiser, browser
):
    event_id = await registration.labelled(edition, organiser, **event_content(capacity=1))
    place = (await registration.sign_up(event_id)).json()["participation"]["id"]
    first, second, third = [await registration.wait(event_id) for _ in range(3)]
    page = await browser.get(f"/a/attente/{third['id']}")
    left = await browser.post(f"/a/attente/{third['id']}/leave", data={"csrf": secret(page)})
    assert "Vous avez quitté la liste d’attente" in left.text
    await registration.cancel(event_id, place)
    await registration.waits_until(first, "offered")
    page = await browser.get(f"/a/attente/{first['id']}")
    declined = await browser.post(f"/a/attente/{first['id']}/leave", data={"csrf": secret(page)})
    assert "Vous avez laissé la place" in declined.text
    await registration.waits_until(second, "offered")
    page = await browser.get(f"/a/attente/{second['id']}")
    await registration.execute(
        "UPDATE waiting_list SET expires_at = now() - interval '1 second' WHERE id = $1", second["id"]
    )
    late = await browser.post(f"/a/attente/{second['id']}/accept", data={"csrf": secret(page)})
    assert "Cette place ne peut plus être acceptée" in late.text
    assert (await browser.post(f"/a/attente/{second['id']}/accept")).status_code == 403
    assert (await browser.get(f"/a/attente/{uuid4()}")).status_code == 404
