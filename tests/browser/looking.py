"""
Looking at a page as people do: in every width and scheme, enlarged, on the smallest screen, with axe and by RGAA.

Pictures go to `artefacts/browser`.
"""

from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Page, Response

from tests.browser.rgaa import found_by_rgaa

PICTURES = Path(__file__).resolve().parents[2] / "artefacts" / "browser"
WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
NARROWEST = 320
ENLARGED = 640
"""What is left of 1280 px at 200 %."""
_HEIGHTS = {320: 640, 360: 740, 640: 450, 768: 1024, 1440: 900}
_TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5)
"""
_axe = Axe()


def listen(page: Page) -> None:
    """
    Keep in `page.said` what goes wrong in it: errors, warnings, and what the security policy refuses.

    And in `page.sent` the answer that it was made of.
    """
    page.said = []
    answered: dict[str, int] = {}

    def answer(response: Response) -> None:
        if response.request.is_navigation_request():
            page.sent = response  # type: ignore[attr-defined]
            answered[response.url.partition("#")[0]] = response.status

    def line(message: ConsoleMessage) -> None:
        # The browser itself reports each page that is no success, as a form with faults is not.
        own = answered.get(message.location.get("url", "").partition("#")[0], 200) >= 400
        if message.type in {"error", "warning"} and not (own and "the server responded with a status" in message.text):
            page.said.append(message.text)

    page.on("response", answer)
    page.on("console", line)
    page.on("pageerror", lambda error: page.said.append(str(error)))


async def looked_at(page: Page, name: str, *, cut_off: bool = False) -> None:
    """
    The page is whole in every width, the browser complains of nothing, neither axe nor RGAA find anything.

    Leaves it as it was. `cut_off`: its server is away, of which the browser does complain.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            await _resize(page, width)
            picture = PICTURES / f"{name}-{width}-{scheme}.png"
            await page.screenshot(path=picture, full_page=True, animations="disabled")
            if (width, scheme) in {(WIDTHS[0], "dark"), (WIDTHS[-1], "light")}:
                assert await found_by_axe(page) == [], (name, width, scheme)
    await page.emulate_media(color_scheme=SCHEMES[0])
    for width in (NARROWEST, ENLARGED, *WIDTHS):
        await _resize(page, width)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} has to be scrolled sideways at {width} px: {await page.evaluate(_TOO_WIDE)}"
        )
    await page.set_viewport_size(before)
    broken = await found_by_rgaa(page)
    assert not broken, (name, broken)
    if cut_off:
        page.said.clear()
    assert page.said == [], name


async def found_by_axe(page: Page) -> list[Any]:
    """What breaks a rule, and where."""
    found = await _axe.run(page)
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found.response["violations"]]


async def _resize(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": _HEIGHTS[width]})
