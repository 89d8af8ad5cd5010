"""What staff see of what was sent and laid aside, and the way to a second opinion, in a browser."""

from aiokafka import AIOKafkaProducer

from shared.contracts.topics import DECISIONS
from tests.browser.furniture import propose, register, status_is
from tests.browser.looking import looked_at
from tests.end_to_end.conftest import eventually


async def test_a_person_is_found_and_the_address_stays_out_of_the_pages_own(site, furniture):
    async with site.page() as page:
        await site.sign_in(page, "staff", "alex")
        await page.goto("/envois")
        await page.fill("#what", furniture.organiser.email)
        await page.click(".search-form button")
        await page.get_by_text(furniture.organiser.email).wait_for()
        assert "recipient=" in page.url
        assert "@" not in page.url
        assert "%40" not in page.url
        await looked_at(page, "sending-person")


async def test_what_was_laid_aside_is_told_sent_again_and_discarded(site):
    producer = AIOKafkaProducer(bootstrap_servers=site.system.bootstrap_servers, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(DECISIONS.name, b"<b>no JSON</b>", key=b"none", headers=[("ce_type", b"none")])
    finally:
        await producer.stop()
    async with site.page() as page:
        await site.sign_in(page, "staff", "alex")

        async def look() -> int:
            await page.goto("/envois/rebuts")
            return await page.locator("ol.list > li").count()

        await eventually(look)
        first = page.locator("ol.list > li").first
        await first.get_by_role("button", name="Renvoyer à ce service").click()
        await page.get_by_text("Le message est renvoyé").wait_for()
        await eventually(look)  # no service can read it: it is laid aside again
        await first.locator("summary").first.click()
        await first.get_by_role("button", name="Classer sans suite").click()
        await page.get_by_text("Remplissez ce champ").first.wait_for()
        await page.locator("[role=alert]:focus").wait_for()
        await looked_at(page, "dead-letters-some")
        await page.get_by_label("Pourquoi n’y a-t-il rien à faire ?").first.fill("Un essai.")
        await first.get_by_role("button", name="Classer sans suite").click()
        await page.get_by_text("Le message est classé sans suite").wait_for()
        await page.get_by_role("link", name="Classé sans suite").click()
        await page.get_by_text("Un essai.").wait_for()
        await looked_at(page, "dead-letters-discarded")


async def test_an_organiser_reads_a_refusal_and_asks_for_a_second_opinion(site):
    """Through the pages of two services, and back by the topic."""
    organiser = await register(site)
    event = await propose(site, organiser, title="Une soirée au laminoir", price_cents=500)
    await status_is(site, event, "refused")
    async with site.page() as page:
        await site.sign_in(page, "organiser", organiser.id)
        await page.goto(f"/organisateur/evenements/{event}")
        assert await page.evaluate("document.querySelector('.tabs ul').scrollWidth <= innerWidth")
        await page.get_by_text("Pourquoi il n’a pas le label").wait_for()
        await page.get_by_role("link", name="Demander un second avis").click()
        await page.get_by_label("Pourquoi n’êtes-vous pas d’accord ?").fill("Ce prix est celui du repas.")
        await page.get_by_role("button", name="Demander un second avis").click()
        await page.get_by_text("Votre demande de second avis est transmise").wait_for()

        async def look() -> int:
            await page.goto(f"/organisateur/evenements/{event}")
            return await page.get_by_text("Vous avez demandé un second avis").count()

        await eventually(look)  # the decision comes by its topic
        await looked_at(page, "appeal-under-way")
