"""Staff postpone an edition in a browser: form, preview with samples, confirming, progress; all widths and schemes."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.runtime.tokens import Caller, read_key, sign
from tests.browser.conftest import SCHEMES, WIDTHS, looked_at
from tests.browser.test_committee import sign_in
from tests.integration.registration.world import new_siret

EDITION = {
    "number": 1,
    "name": {"fr": "Semaine de l’Industrie d’essai", "en": "Industry Week on trial"},
    "dates": {"first_day": "2090-03-27", "last_day": "2090-04-02"},
    "label_window": {"first_day": "2090-03-13", "last_day": "2090-04-16"},
    "submission_deadline": "2090-03-17",
    "regional_windows": [
        {
            "territory": "974",
            "dates": {"first_day": "2090-04-03", "last_day": "2090-04-09"},
            "label_window": {"first_day": "2090-03-20", "last_day": "2090-04-23"},
        }
    ],
    "status": "open",
}
ORGANISER = {
    "kind": "company",
    "name": "Chaudronnerie de l’Estuaire",
    "contact_name": "Claude Martin",
}
EVENT = {
    "title": "Visite de l’atelier de soudure",
    "description": "Découvrez la soudure, l’usinage et le contrôle qualité de pièces métalliques dans notre usine.",
    "type": "company_visit",
    "audience": ["general_public"],
    "price_cents": 0,
    "place": {"mode": "onsite", "address": "2 rue du Port", "postcode": "44550", "city": "Montoir-de-Bretagne"},
}

_REFUSED = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
"""What the browser says of a form that comes back with its faults."""


async def prepared(site, name: str) -> str:
    """An edition of its own with three events, which the current one knows nothing of."""
    key, now = read_key(site.system.folder.private_key), datetime.now(UTC)
    token = sign(key=key, caller=Caller(role="staff", subject="alex"), now=now, lifetime=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=site.system.public_url, headers=headers, timeout=60) as http:
        answer = await http.put(f"/v1/editions/{name}", json=EDITION)
        assert answer.is_success, answer.text
        identity = {**ORGANISER, "siret": new_siret(), "email": f"{name}@example.org"}
        organiser = await http.post("/v1/organisers", json=identity)
        assert organiser.is_success, organiser.text
        for day in ("2090-03-28", "2090-04-01", "2090-03-14"):
            content = {**EVENT, "slots": [{"begin": f"{day}T09:00", "end": f"{day}T12:00"}], "title": f"Visite {day}"}
            body = {"edition_id": name, "organiser_id": organiser.json()["id"], "event": content}
            answer = await http.post("/v1/events", json=body)
            assert answer.is_success, answer.text
    return f"/programmation/{name}"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_an_edition_is_postponed(site, width, scheme):
    name = f"essai-{width}-{scheme}"
    here = await prepared(site, name)
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        await sign_in(site, page)
        await page.goto("/programmation")
        await looked_at(page, f"editions-{width}-{scheme}")
        await page.click(f"a[href='{here}']")
        await page.click(".act-form button")
        assert await page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        page.said.remove(_REFUSED)
        await looked_at(page, f"editions-act-faults-{width}-{scheme}")
        await page.fill("[name='dates.first_day']", "2090-11-13")
        await page.fill("[name='dates.last_day']", "2090-11-19")
        await page.check("[name=policy][value=confirmation]")
        await page.fill("[name=respond_by]", "2090-11-01")
        await page.fill("[name='terms.fr']", "Les propositions rouvrent jusqu’au 3 novembre.")
        await page.fill("[name='terms.en']", "Submissions are open again until 3 November.")
        await page.click(".act-form button")
        await page.wait_for_selector("#samples details")  # the messages, from who sends them
        await looked_at(page, f"editions-preview-{width}-{scheme}")
        await page.click(".act-confirm .danger")
        await page.wait_for_selector("#progress:not([hx-trigger])")  # nobody has reloaded anything
        assert await page.locator("progress").evaluate_all("all => all.map(one => one.value / one.max)") == [1, 1]
        await looked_at(page, f"editions-progress-{width}-{scheme}")


async def test_without_javascript_a_page_leads_as_far(site):
    here = await prepared(site, "essai-sans-script")
    async with site.page(java_script_enabled=False) as page:
        await sign_in(site, page)
        await page.goto(here)
        await page.check("[name=kind][value=cancelled]")
        assert not await page.is_visible("[name='dates.first_day']")
        await page.fill("[name='terms.fr']", "L’édition est annulée.")
        await page.fill("[name='terms.en']", "The edition is cancelled.")
        await page.click(".act-form button")
        async with page.context.expect_page() as opened:
            await page.click("#samples button")
        samples = await opened.value
        await samples.wait_for_selector("details")
        await page.click(".act-confirm .danger")
        await page.wait_for_url(f"**{here}/actes/1")
        await page.wait_for_selector(".badge-good", timeout=60_000)  # the page has reloaded itself
