"""What staff see of what was sent and laid aside, and a refusal as its organiser sees it, in a browser."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.topics import DECISIONS
from shared.runtime.tokens import SESSION_COOKIE, Caller, read_key, sign
from tests.browser.conftest import SCHEMES, WIDTHS, looked_at
from tests.browser.test_committee import sign_in


def token_of(site, role: str, subject: str) -> str:
    caller, key = Caller(role=role, subject=subject), read_key(site.system.folder.private_key)
    return sign(key=key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1))


@asynccontextmanager
async def api(site):
    headers = {"Authorization": f"Bearer {token_of(site, 'staff', 'alex')}"}
    async with httpx.AsyncClient(base_url=site.system.public_url, headers=headers, timeout=60) as http:
        yield http


async def refused(site) -> dict:
    """An event of the first edition that does not have the label."""
    async with api(site) as http:
        answer = await http.get("/v1/events", params={"status": "refused", "limit": 1})
        assert answer.is_success, answer.text
        return answer.json()["events"][0]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_what_was_sent(site, width, scheme):
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        await sign_in(site, page)
        await page.goto("/envois")
        await looked_at(page, f"sending-log-{width}-{scheme}")
        await page.locator("ol.list a").first.click()
        await page.wait_for_url("**recipient=**")
        await looked_at(page, f"sending-person-{width}-{scheme}")
        await page.fill("#what", "nobody@example.org")
        await page.click(".search-form button")
        await page.get_by_text("Personne n’a cette adresse").wait_for()
        assert "@" not in page.url
        assert "%40" not in page.url


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_what_was_laid_aside(site, width, scheme):
    producer = AIOKafkaProducer(bootstrap_servers=site.system.bootstrap_servers, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(DECISIONS.name, b"<b>no JSON</b>", key=b"none", headers=[("ce_type", b"none")])
    finally:
        await producer.stop()
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        await sign_in(site, page)
        await page.goto("/envois/rebuts")
        while not await page.locator("ol.list > li").count():  # until the services have looked at it
            await page.reload()
        await looked_at(page, f"dead-letters-{width}-{scheme}")
        await page.locator("ol.list button").last.click()
        await page.get_by_text("Le message est renvoyé").wait_for()
        await looked_at(page, f"dead-letters-sent-{width}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_a_refusal_and_the_way_to_a_second_opinion(site, width, scheme):
    event = await refused(site)
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        token = token_of(site, "organiser", event["organiser"]["id"])
        await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.system.public_url}])
        await page.goto(f"/organisateur/evenements/{event['id']}")
        assert await page.evaluate("document.querySelector('.tabs ul').scrollWidth <= innerWidth")
        await looked_at(page, f"refusal-{width}-{scheme}")
        await page.get_by_role("link", name="Demander un second avis").click()
        await page.get_by_role("heading", name="Demander un second avis").wait_for()
        await looked_at(page, f"appeal-{width}-{scheme}")


async def test_an_organiser_asks_for_a_second_opinion(site):
    """Through the pages of two services, and back by the topic."""
    event = await refused(site)
    async with site.page() as page:
        token = token_of(site, "organiser", event["organiser"]["id"])
        await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.system.public_url}])
        await page.goto(f"/organisateur/evenements/{event['id']}")
        await page.get_by_role("link", name="Demander un second avis").click()
        await page.get_by_label("Pourquoi n’êtes-vous pas d’accord ?").fill("Nous ouvrons l’atelier à tous.")
        await page.get_by_role("button", name="Demander un second avis").click()
        await page.get_by_text("Votre demande de second avis est transmise").wait_for()
        while not await page.get_by_text("Vous avez demandé un second avis").count():  # the decision comes by its topic
            await page.reload()
        await looked_at(page, "appeal-under-way")
