"""Staff postpone an edition on pages: form, preview with messages, confirming, progress; and without JavaScript."""

from datetime import date, timedelta

from tests.browser.furniture import labelled, old_edition, register
from tests.browser.looking import looked_at

LATER = timedelta(weeks=33)


async def prepared(site) -> tuple[dict, str]:
    """An edition with an event, and its page."""
    edition = await old_edition(site)
    await labelled(site, await register(site), edition=edition)
    return edition, f"/programmation/{edition['id']}"


async def test_an_edition_is_postponed(site):
    edition, here = await prepared(site)
    dates = {name: str(date.fromisoformat(day) + LATER) for name, day in edition["dates"].items()}
    async with site.page() as page:
        await site.sign_in(page, "staff", "alex")
        await page.goto("/programmation")
        await page.click(f"a[href='{here}']")
        await page.click(".act-form .primary")
        await page.locator("[role=alert]:focus").wait_for()
        await looked_at(page, "edition-act-faults")
        for name, day in dates.items():
            await page.fill(f"[name='dates.{name}']", day)
        await page.check("[name=policy][value=confirmation]")
        await page.fill("[name=respond_by]", str(date.fromisoformat(edition["dates"]["first_day"]) + LATER / 2))
        await page.fill("[name='terms.fr']", "Les propositions rouvrent.")
        await page.fill("[name='terms.en']", "Submissions are open again.")
        await page.click("#regional_windows summary")
        await page.click("#add-row")
        await page.get_by_role("group", name="Territoire 3").wait_for()
        await page.select_option("[name='regional_windows.1.territory']", "R52")
        await page.click(".act-form .primary")
        await page.get_by_text("Donnez les dates de ce territoire").first.wait_for()
        await looked_at(page, "edition-act-territories")
        for name in ("first_day", "last_day"):
            await page.fill(f"[name='regional_windows.1.dates.{name}']", dates[name])
        await page.click(".act-form .primary")
        await page.wait_for_selector("#samples details")  # the messages, from who sends them
        await page.get_by_text("Submissions are open again.").first.wait_for()
        await page.locator("#places").get_by_role("row", name="Pays de la Loire").wait_for()
        await looked_at(page, "edition-preview")
        await page.click(".act-confirm .danger")
        await page.wait_for_selector("#progress:not([hx-trigger])")  # nobody has reloaded anything
        assert await page.locator("progress").evaluate_all("all => all.map(one => one.value / one.max)") == [1, 1]
        await looked_at(page, "edition-progress-answers")
    moved = (await site.http.get(f"/v1/editions/{edition['id']}")).json()
    assert moved["dates"] == dates
    assert [each["territory"] for each in moved["regional_windows"]] == ["974", "R52"]


async def test_without_javascript_a_page_leads_as_far(site):
    _, here = await prepared(site)
    async with site.page(java_script_enabled=False) as page:
        await site.sign_in(page, "staff", "alex")
        await page.goto(here)
        await page.check("[name=kind][value=cancelled]")
        assert not await page.is_visible("[name='dates.first_day']")
        await page.fill("[name='terms.fr']", "L’édition est annulée.")
        await page.fill("[name='terms.en']", "The edition is cancelled.")
        await page.click(".act-form .primary")
        async with page.context.expect_page() as opened:
            await page.click("#samples button")
        samples = await opened.value
        await samples.wait_for_selector("details")
        await page.click(".act-confirm .danger")
        await page.wait_for_url(f"**{here}/actes/1")
        await page.wait_for_selector("h2 + p .badge-good")  # the page has reloaded itself
