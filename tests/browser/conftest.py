"""
A real browser before the whole system: Debian's chromium, driven by Playwright. `make browser`, not `make test`.

Pictures of every page go to `artefacts/browser`. Without chromium the tests are skipped and say so; where
BROWSER_TESTS=required is set, as in CI, they fail instead.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from semaine.rehearsal.first_play import play_first
from semaine.system.system import System
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES

PICTURES = Path(__file__).resolve().parents[2] / "artefacts" / "browser"
WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_MISSING = "There is no chromium: apt-get install chromium, or say where one is in CHROMIUM."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@dataclass(frozen=True)
class Site:
    """The system with a small edition played on it, and the browser that looks at it."""

    system: System
    browser: Browser

    @asynccontextmanager
    async def page(self, **options: object) -> AsyncIterator[Page]:
        """A page of a browser of its own, French unless `options` say otherwise."""
        context: BrowserContext = await self.browser.new_context(
            base_url=self.system.public_url, **{"locale": "fr-FR", **options}
        )
        context.set_default_timeout(60_000)
        page = await context.new_page()
        page.said = []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("console", lambda line: page.said.append(line.text) if line.type in {"error", "warning"} else None)
        try:
            yield page
        finally:
            await context.close()


async def looked_at(page: Page, name: str) -> None:
    """Take a picture; the page scrolls downwards alone, the browser complains of nothing, and axe finds nothing."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    assert page.said == [], name
    found = await Axe().run(page)
    told = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found.response["violations"]]
    assert told == [], name


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
async def site(chromium: str, elsewhere) -> AsyncIterator[Site]:
    async with throwaway_system(services=SERVICES, elsewhere=elsewhere) as system, async_playwright() as playwright:
        await play_first(system)
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        try:
            yield Site(system, browser)
        finally:
            await browser.close()
