"""Every public page in every width and colour scheme, in the states that matter."""

import pytest

from tests.browser.conftest import SCHEMES, WIDTHS, looked_at

PAGES = {
    "home": "/",
    "programme": "/programme?q=visite",
    "programme-nearly": "/programme?q=visitte",
    "programme-nothing": "/programme?q=xyzzy",
    "signin": "/signin",
    "signin-code": "/signin/code",
    "direct": "/direct",
    "not-found": "/programme/nulle-part",
    "unpublished": "/evenements/00000000-0000-7000-8000-000000000000",
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_public_pages(site, width, scheme):
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        for name, path in PAGES.items():
            await page.goto(path)
            if name in {"not-found", "unpublished"}:
                page.said.clear()  # the browser itself reports the status
            await looked_at(page, f"{name}-{width}-{scheme}")
        await page.goto("/programme")
        await page.locator(".event-title a").first.click()
        await page.locator("#signup-title").wait_for()
        await looked_at(page, f"event-{width}-{scheme}")


async def test_pages_in_english_and_at_twice_the_size(site):
    async with site.page(locale="en-GB", viewport={"width": 640, "height": 450}) as page:
        for name, path in PAGES.items():
            if name in {"not-found", "unpublished"}:
                continue
            await page.goto(path)
            assert await page.locator("html").get_attribute("lang") == "en"
            await looked_at(page, f"{name}-english")
