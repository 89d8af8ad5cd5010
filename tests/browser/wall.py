"""The live page in a window of its own, opened once: what moves on it has come by its stream."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page

from tests.browser.conftest import Site

ANNOUNCED = "total/all/announced"
ACTUAL = "total/all/actual"
EVENTS = "total/all/events"
LABELLED = "status/labelled/events"
_AT_LEAST = """
([name, least]) => Number(document.querySelector(name).textContent.replace(/\\D/g, "")) >= least
"""


class Wall:
    def __init__(self, page: Page) -> None:
        self.page = page

    async def figure(self, name: str) -> int:
        return number(await self.page.locator(_place(name)).text_content())

    async def reaches(self, name: str, least: int) -> None:
        """Wait until the figure is at least this."""
        await self.page.wait_for_function(_AT_LEAST, arg=[_place(name), least])


@asynccontextmanager
async def wall(site: Site) -> AsyncIterator[Wall]:
    """Fails at the end if the page was loaded anew, or the browser complained."""
    async with site.page() as page:
        await page.goto("/direct")
        await page.get_by_text("En direct, chiffres de").wait_for()
        await page.evaluate("window.stayed = true")
        yield Wall(page)
        assert await page.evaluate("window.stayed"), "the live page was loaded anew"
        assert page.said == []


def number(text: str | None) -> int:
    """As people write it: 4 763."""
    return int(re.sub(r"\D", "", text or "") or 0)


def _place(name: str) -> str:
    return f'.live-figures [data-figure="{name}"]'
