"""What partners do: an endpoint, its secret once, a test event received, the log, and the same once more."""

from uuid import uuid4

from semaine.rehearsal.endpoint import Endpoint
from semaine.system import ports
from tests.browser.looking import looked_at
from tests.end_to_end.conftest import eventually


async def test_a_partner_is_registered_tested_and_sent_the_same_again(site):
    name = f"Région {uuid4().hex[:6]}"
    async with Endpoint(port=ports.free(["endpoint"])["endpoint"]) as endpoint, site.page() as page:
        await page.goto("/partenaires")
        await page.get_by_label("Jeton").fill(site.session("staff", "ana"))
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="Nouveau point d’accès").click()
        await page.get_by_role("button", name="Enregistrer et voir le secret").click()
        await page.get_by_text("à corriger").first.wait_for()
        await looked_at(page, "partner-faults")
        await page.get_by_label("Nom de l’organisme").fill(name)
        await page.get_by_label("Adresse (URL)").fill(endpoint.url)
        await page.get_by_role("button", name="Enregistrer et voir le secret").click()
        await page.get_by_role("heading", name="Votre nouveau secret").wait_for()
        secret = (await page.locator("pre code").text_content()).strip()
        await looked_at(page, "partner-secret")
        endpoint.expect(secret=secret)

        await page.get_by_role("link", name="Je l’ai copié").click()
        await page.get_by_role("heading", name=name).wait_for()
        assert secret not in await page.content()
        await page.get_by_role("button", name="Envoyer un essai").click()
        await page.get_by_role("heading", name="Journal des envois").wait_for()
        await _received(endpoint, times=1)
        await _log_shows(page, "Reçu")
        await looked_at(page, "partner-log-received")
        await page.get_by_role("button", name="Renvoyer", exact=True).click()
        await page.get_by_text("1 envoi part de nouveau.").wait_for()
        await _received(endpoint, times=2)
        await _log_shows(page, "Reçu")
        assert endpoint.forged == 0

        await page.get_by_role("link", name=name).click()
        await page.get_by_role("button", name="Remplacer le secret").click()
        await page.get_by_role("heading", name="Votre nouveau secret").wait_for()
        assert secret not in await page.content()
        await looked_at(page, "partner-secret-replaced")
        await page.get_by_role("link", name="Je l’ai copié").click()
        await page.get_by_role("button", name="Arrêter les envois").click()
        await page.get_by_text("Les envois sont arrêtés.").wait_for()
        await looked_at(page, "partner-off")
        assert page.said == []


async def _received(endpoint, *, times):
    """The same webhook so often, by its id."""

    async def look():
        return list(endpoint.received.values()) == [times]

    await eventually(look)


async def _log_shows(page, text):
    """Loaded again by its own link, as the page says."""
    entry = page.locator(".list .card").first

    async def look():
        await page.get_by_role("link", name="Recharger").click()
        await page.wait_for_load_state()
        return text in await entry.text_content()

    await eventually(look)
