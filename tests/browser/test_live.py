"""The live page: honest when its figures stand still, back by itself, and still for whoever wants no motion."""

from tests.browser.furniture import labelled, register, sign_up
from tests.browser.looking import looked_at
from tests.browser.wall import ANNOUNCED, wall

_MOVING = "() => document.getAnimations().filter(each => each.playState === 'running').length"


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
