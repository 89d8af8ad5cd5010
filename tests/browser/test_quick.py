"""What makes pages quick and can be counted: bytes, and nothing that jumps. How long it takes is in docs/pages.md."""

from contextlib import closing

import pytest

from semaine.faults.proxy import Break, Link
from semaine.system.ports import HOST
from tests.browser.looking import WIDTHS
from tests.browser.test_pages import SIGHTS, subject_of

_MOST_BYTES = 100_000
_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts.push(each.value);
}).observe({ type: "layout-shift", buffered: true });
"""
PATHS = ("/", "/programme?q=visite", "/evenements/{event}", "/direct")
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_PIECE_BYTES = 400
_PIECE_SECONDS = 0.01
_LONG = {"home", "programme", "event", "live"}
_SHORT = {"place", "signin-sent"}
_SCRIPTED = {"committee-duplicates", "organiser-check-in"}
SLOW_SIGHTS = [each for each in SIGHTS if each.name in _LONG | _SHORT | _SCRIPTED]
"""Long pages, short ones whose footer is seen at once, pages that scripts change."""


async def test_the_home_page_is_small_as_it_is_sent(site):
    async with site.page() as page:
        client = await page.context.new_cdp_session(page)
        await client.send("Network.enable")
        sent = {}
        client.on(
            "Network.responseReceived", lambda event: sent.setdefault(event["requestId"], [event["response"]["url"], 0])
        )
        client.on("Network.loadingFinished", lambda event: count(sent, event))
        await page.goto("/")
        await page.get_by_text("En direct, mis à jour").wait_for()
        names = {url.rpartition("/")[2] for url, _ in sent.values()}
        assert {"semaine.css", "htmx.min.js", "live.js"} <= names
        total = sum(size for _, size in sent.values())
        assert 10_000 < total < _MOST_BYTES, sent


def count(sent, event):
    """What a file took on the wire, its head included; the stream of counters never ends."""
    if event["requestId"] in sent:
        sent[event["requestId"]][1] = event["encodedDataLength"]


@pytest.mark.parametrize("width", WIDTHS)
async def test_nothing_jumps_while_a_page_comes_and_its_figures_move(site, furniture, width):
    async with site.page(viewport={"width": width, "height": 900}) as page:
        await page.add_init_script(_SHIFTS)
        for path in PATHS:
            await page.goto(furniture.path(path), wait_until="load")
            if path in {"/", "/direct"}:
                await page.get_by_text("En direct,").first.wait_for()
            await page.evaluate(_DRAWN)
            assert await jumped(page) == 0, path
        await page.evaluate("document.querySelector('main').style.marginTop = '200px'")
        await page.wait_for_function("() => window.shifts.length")
        assert await jumped(page) > 0, "a jump would not have been noticed"


@pytest.mark.parametrize("width", WIDTHS)
async def test_nothing_jumps_however_slowly_a_page_comes(site, furniture, width):
    """In many pieces, and with its style there before it, from the visit before: each piece could be shown at once."""
    line = Link(server_port=site.system.ports["gateway"], piece_bytes=_PIECE_BYTES)
    await line.open()
    with closing(line):
        for sight in SLOW_SIGHTS:
            async with site.page(
                base_url=f"http://{HOST}:{line.port}",
                viewport={"width": width, "height": 900},
                extra_http_headers={"Accept-Encoding": "identity"},
            ) as page:
                if sight.role:
                    await site.sign_in(page, sight.role, subject_of(furniture, sight.role))
                line.heal()
                await page.goto(furniture.path(sight.path or sight.route), wait_until="load")
                await page.add_init_script(_SHIFTS)
                line.break_(Break(mode="delay", seconds=_PIECE_SECONDS))
                await page.reload(wait_until="load")
                await page.evaluate(_DRAWN)
                assert await jumped(page) == 0, sight.name


async def jumped(page):
    """The sum of all layout shifts since the page began."""
    return await page.evaluate("window.shifts.reduce((sum, each) => sum + each, 0)")
