"""The live page: honest when its figures stand still, back by itself, and still for whoever wants no motion."""

import asyncio

from tests.browser.furniture import labelled, register, sign_up
from tests.browser.looking import looked_at
from tests.browser.wall import ANNOUNCED, wall

_MOVING = "() => document.getAnimations().filter(each => each.playState === 'running').length"

_WITH_ONE_EVENT = """
async () => {
  const counters = { total: [{ value: "all", events: 1, announced: 2, actual: 0 }] };
  const data = JSON.stringify({ counters, as_of: new Date().toISOString() });
  document.querySelector("[data-live]").dispatchEvent(new CustomEvent("snapshot", { detail: { data } }));
  await new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)));
  const figures = [...document.querySelectorAll(".live-figures .figure")];
  return figures.map((each) => ["dd", "dt"].map((part) => each.querySelector(part).textContent).join(" "));
}
"""


async def test_figures_that_move_agree_with_their_words(site):
    for language, words in (
        ("fr-FR", ["1 Événement", "0 Labellisé", "2 Participants inscrits", "0 Participant venu"]),
        ("en-GB", ["1 Event", "0 Labelled", "2 People signed up", "0 People who came"]),
    ):
        async with site.page(locale=language) as page:
            await page.goto("/direct")
            await page.locator(".live-state:not(.stale)").wait_for()
            await page.wait_for_function("() => document.querySelector('[data-live-spoken]').textContent")
            assert await page.evaluate(_WITH_ONE_EVENT) == words


async def test_the_live_page_is_live_however_late_the_other_scripts_come(site):
    """htmx begins as soon as its own script is there."""

    async def late(route):
        await asyncio.sleep(0 if "htmx.min" in route.request.url else 1)
        await route.continue_()

    for path in ("/direct", "/"):
        async with site.page() as page:
            await page.route("**/static/**/*.js", late)
            async with page.expect_response("**/v1/counters/stream*") as answer:
                await page.goto(path)
            assert (await answer.value).status == 200


async def test_the_live_page_says_when_it_is_stale_and_goes_on_by_itself(site):
    event = await labelled(site, await register(site), title="Visite pendant une panne")
    async with wall(site) as live:
        before = await live.figure(ANNOUNCED)
        await site.system.processes.kill("stats")
        try:
            await live.page.get_by_text("Connexion interrompue").wait_for()
            await looked_at(live.page, "live-stale", cut_off=True)
        finally:
            await site.system.processes.start_again("stats")
        await live.page.get_by_text("En direct, chiffres de").wait_for()
        await sign_up(site, event, name="Camille Moreau")
        await live.reaches(ANNOUNCED, before + 1)
        live.page.said.clear()  # the browser says how often it asked in vain


async def test_nothing_moves_for_whoever_wants_no_motion(site):
    event = await labelled(site, await register(site), title="Visite sans mouvement")
    for motion in ("reduce", "no-preference"):
        async with site.page(reduced_motion=motion) as page:
            await page.goto("/direct")
            await page.get_by_text("En direct, chiffres de").wait_for()
            before = await page.locator(".live-figures").text_content()
            await sign_up(site, event, name="Camille Moreau")
            await page.wait_for_function(
                "text => document.querySelector('.live-figures').textContent !== text", arg=before
            )
            assert (await page.evaluate(_MOVING) > 0) == (motion == "no-preference")
            assert page.said == []
