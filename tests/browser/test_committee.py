"""The committee's pages in a browser: in every width and scheme."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.runtime.tokens import SESSION_COOKIE, Caller, read_key, sign
from tests.browser.conftest import SCHEMES, WIDTHS, looked_at

PAGES = {
    "committee-queue": "/comite",
    "committee-duplicates": "/comite/doublons?all=yes",
    "committee-level": "/comite/delais",
    "committee-charters": "/comite/chartes",
    "committee-charter": "/comite/chartes/2020-1",
    "committee-editor": "/comite/brouillon",
}


async def sign_in(site, page):
    caller = Caller(role="staff", subject="alex")
    token = sign(
        key=read_key(site.system.folder.private_key), caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1)
    )
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.system.public_url}])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_committee_pages(site, width, scheme):
    async with site.page(viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        await sign_in(site, page)
        for name, path in PAGES.items():
            await page.goto(path)
            await looked_at(page, f"{name}-{width}-{scheme}")
