"""
A real browser before the whole system: Debian's chromium, driven by Playwright. `make browser`, not `make test`.

Without chromium the tests are skipped and say so; where BROWSER_TESTS=required is set, as in CI, they fail instead.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from semaine.rehearsal.play import play, stage
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES
from shared.runtime.tokens import SESSION_COOKIE, Caller, Role, read_key, sign
from tests.browser.edition import Coming
from tests.browser.furniture import Furniture, furnish
from tests.browser.looking import listen
from tests.browser.rgaa import Checker, Titles, checking
from tests.end_to_end.conftest import PATIENCE_SECONDS, Whole

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_MISSING = "There is no chromium: scripts/browser-setup installs it, or say where one is in CHROMIUM."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@dataclass(frozen=True)
class Site(Whole):
    """The system with a small programme on it, and the browser that looks at it."""

    browser: Browser
    checker: Checker
    titles: Titles

    @asynccontextmanager
    async def page(self, **options: object) -> AsyncIterator[Page]:
        """A page of a browser of its own: French, without motion, unless `options` say otherwise."""
        context: BrowserContext = await self.browser.new_context(
            **{
                "base_url": self.system.public_url,
                "locale": "fr-FR",
                "reduced_motion": "reduce",
                "viewport": {"width": 1440, "height": 900},
                **options,
            },
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = await context.new_page()
        listen(page)
        page.checker, page.titles = self.checker, self.titles
        try:
            yield page
        finally:
            await context.close()

    def session(self, role: Role, subject: str) -> str:
        """A token, as `semaine token` prints it."""
        return sign(
            key=read_key(self.system.folder.private_key),
            caller=Caller(role=role, subject=subject),
            now=datetime.now(UTC),
            lifetime=timedelta(hours=1),
        )

    async def sign_in(self, page: Page, role: Role, subject: str) -> None:
        """At once; `test_journeys` do it as people do."""
        cookie = {"name": SESSION_COOKIE, "value": self.session(role, subject), "url": self.system.public_url}
        await page.context.add_cookies([cookie])


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where chromium is."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    return path


@pytest_asyncio.fixture(scope="session")
async def site(chromium: str, elsewhere, tmp_path_factory) -> AsyncIterator[Site]:
    async with (
        checking(tmp_path_factory.mktemp("checker")) as checker,
        throwaway_system(services=SERVICES, elsewhere=elsewhere) as system,
        httpx.AsyncClient(base_url=system.public_url, timeout=60) as http,
        async_playwright() as playwright,
    ):
        async with stage(system, tell=lambda _: None) as on:
            await play(on, Coming(events=160, people=4_000), patience=PATIENCE_SECONDS)
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=_ARGUMENTS,
            ignore_default_args=["--hide-scrollbars"],
            env={**os.environ, "LANGUAGE": "fr"},
        )
        try:
            yield Site(system, http, browser, checker, Titles())
        finally:
            await browser.close()


@pytest_asyncio.fixture(scope="session")
async def furniture(site: Site) -> Furniture:
    """Something on every page: an organiser's events, guests, a draft, a file, an event to decide, an endpoint."""
    return await furnish(site)
