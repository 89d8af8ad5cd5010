"""What visitors do: search as they type, sign up, cancel; by keyboard; without JavaScript; and see it counted."""

import re
from uuid import uuid4

from tests.browser.conftest import looked_at


async def test_a_visitor_searches_signs_up_is_counted_and_cancels(site):
    async with site.page(viewport={"width": 1440, "height": 900}) as wall, site.page() as page:
        await wall.goto("/direct")
        await wall.get_by_text("En direct, chiffres de").wait_for()
        figure = wall.locator('.live-figures [data-figure="total/all/announced"]')
        before = number(await figure.text_content())

        await page.goto("/programme?free=yes")
        all_ = await page.locator("#count").text_content()
        await page.get_by_label("Type d’événement").select_option("company_visit")
        await page.wait_for_function("text => document.querySelector('#count').textContent !== text", arg=all_)
        assert "type=company_visit" in page.url
        await page.locator(".event-title a").first.click()

        await page.get_by_role("button", name="S’inscrire").click()
        await page.get_by_text("à corriger").wait_for()
        assert await page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        page.said.clear()  # the browser itself reports the status of a form with faults
        await looked_at(page, "event-faults")
        await page.get_by_label("Votre nom").fill("Camille Moreau")
        await page.get_by_label("Adresse e-mail").fill(f"{uuid4().hex[:10]}@example.org")
        await page.get_by_role("button", name="S’inscrire").click()
        await page.get_by_role("heading", name="C’est noté").wait_for()
        await looked_at(page, "signed-up")
        await wall.wait_for_function(
            "([name, least]) => Number(document.querySelector(name).textContent.replace(/\\D/g, '')) >= least",
            arg=['.live-figures [data-figure="total/all/announced"]', before + 1],
        )
        await page.get_by_role("button", name="Annuler mon inscription").click()
        await page.get_by_role("heading", name="Votre inscription est annulée").wait_for()
        assert wall.said == page.said == []


async def test_the_keyboard_alone_is_enough(site):
    async with site.page() as page:
        await page.goto("/")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.id") == "q"
        await page.keyboard.type("visite")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/programme?q=visite")
        assert number(await page.locator("#count").text_content()) > 0


async def test_without_javascript_all_is_there(site):
    async with site.page(java_script_enabled=False) as page:
        await page.goto("/programme")
        await page.get_by_label("Type d’événement").select_option("company_visit")
        await page.get_by_role("button", name="Rechercher").click()
        await page.wait_for_url("**type=company_visit**")
        await page.locator(".event-title a").first.click()
        await page.get_by_label("Votre nom").fill("Camille Moreau")
        await page.get_by_label("Adresse e-mail").fill(f"{uuid4().hex[:10]}@example.org")
        await page.get_by_role("button", name="S’inscrire").click()
        await page.get_by_role("heading", name="C’est noté").wait_for()


async def test_the_live_page_says_when_it_is_stale_and_goes_on_by_itself(site):
    async with site.page() as page:
        await page.goto("/direct")
        await page.get_by_text("En direct, chiffres de").wait_for()
        await page.evaluate("window.stayed = true")
        await site.system.processes.kill("stats")
        await page.get_by_text("Connexion interrompue").wait_for()
        await site.system.processes.start_again("stats")
        await page.get_by_text("En direct, chiffres de").wait_for()
        assert await page.evaluate("window.stayed"), "the page was loaded anew"


def number(text):
    return int(re.sub(r"\D", "", text or "") or 0)
