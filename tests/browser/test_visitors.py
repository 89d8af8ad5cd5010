"""What visitors do, from the first click to mail and counter: by mouse, by keyboard alone, without JavaScript."""

import json
from uuid import uuid4

from tests.browser.furniture import labelled, register, with_somebody_waiting
from tests.browser.furniture import sign_up as sign_up_by_api
from tests.browser.looking import looked_at
from tests.browser.mails import link_in
from tests.browser.wall import ANNOUNCED, number, wall
from tests.end_to_end.conftest import eventually


async def test_a_visitor_searches_signs_up_is_mailed_counted_and_cancels(site):
    async with wall(site) as live, site.page() as page:
        before = await live.figure(ANNOUNCED)
        await page.goto("/")
        await page.get_by_label("Rechercher").fill("visite")
        await page.get_by_role("button", name="Rechercher").click()
        await page.get_by_label("Seulement avec des places libres").check()
        await page.wait_for_url("**free=yes**")
        await page.get_by_label("Type d’événement").select_option("company_visit")
        await page.wait_for_url("**type=company_visit**")
        found = await page.locator("#count").text_content()
        await page.reload()
        assert await page.locator("#count").text_content() == found
        await page.locator(".event-title a").first.click()
        await page.locator("#signup-title").wait_for()
        await page.go_back()
        assert await page.locator("#count").text_content() == found
        await page.locator(".event-title a").first.click()

        await page.get_by_role("button", name="S’inscrire").click()
        await page.get_by_text("à corriger").wait_for()
        await page.locator("[role=alert]:focus").wait_for()
        await looked_at(page, "event-faults")
        email = await sign_up(page)
        await looked_at(page, "signed-up-now")
        mail = await site.mail(to=email, subject="Inscription confirmée")
        assert any(each["content_type"].startswith("text/calendar") for each in mail["attachments"])
        await live.reaches(ANNOUNCED, before + 1)

        await page.goto(link_in(mail, "/v1/preferences/"))
        await looked_at(page, "preferences")
        await page.goto(link_in(mail, "/a/"))
        await page.get_by_role("button", name="Je ne viendrai pas").click()
        await page.get_by_role("heading", name="Inscription annulée").wait_for()
        await looked_at(page, "place-cancelled")


async def test_the_keyboard_alone_is_enough_to_sign_up(site):
    title = f"Visite {uuid4().hex[:8]}"
    await labelled(site, await register(site), title=title)
    async with site.page() as page:
        await page.goto("/")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        await tab_to(page, "#q")
        await page.keyboard.type(title)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/programme?q=**")
        await tab_to(page, ".event-title a")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/evenements/*")
        await tab_to(page, "#name")
        await page.keyboard.type("Camille Moreau")
        await tab_to(page, "#email")
        email = f"{uuid4().hex[:10]}@example.org"
        await page.keyboard.type(email)
        await tab_to(page, ".signup button")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="C’est noté").wait_for()
        assert title in (await site.mail(to=email, subject="Inscription confirmée"))["subject"]
        assert page.said == []


async def test_without_javascript_one_searches_and_signs_up(site):
    async with site.page(java_script_enabled=False) as page:
        await page.goto("/programme")
        await page.get_by_label("Type d’événement").select_option("company_visit")
        await page.get_by_label("Seulement avec des places libres").check()
        await page.get_by_role("button", name="Rechercher").click()
        await page.wait_for_url("**type=company_visit**")
        await page.locator(".event-title a").first.click()
        email = await sign_up(page)
        await site.mail(to=email, subject="Inscription confirmée")


async def test_somebody_waits_is_offered_a_place_by_mail_and_takes_it_by_one_click(site):
    title, email = f"Visite {uuid4().hex[:8]}", f"{uuid4().hex[:10]}@example.org"
    _, taken, _ = await with_somebody_waiting(site, await register(site), title=title, email=email)
    async with site.page() as page:
        await page.goto(f"/a/{taken}")
        await page.get_by_role("button", name="Je ne viendrai pas").click()
        await page.get_by_role("heading", name="Inscription annulée").wait_for()
        offer = await site.mail(to=email, subject=f"Une place s’est libérée : {title}")
        await page.goto(link_in(offer, "/a/attente/"))
        await looked_at(page, "waiting-offered")
        await page.get_by_role("button", name="J’accepte").click()
        await page.get_by_role("heading", name="Votre inscription").wait_for()
        await site.mail(to=email, subject=f"Inscription confirmée : {title}")
        assert page.said == []


async def test_one_reads_what_is_kept_of_oneself_and_has_it_erased(site):
    email = f"{uuid4().hex[:10]}@example.org"
    event = await labelled(site, await register(site), title=f"Visite {uuid4().hex[:8]}")
    await sign_up_by_api(site, event, name="Camille Moreau", email=email)
    async with site.page() as page:
        await follow_a_mailed_code(site, page, email=email, mails=1)
        await page.get_by_label("Télécharger mes données").check()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Continuer").click()
        kept = await download.value
        assert email in json.loads((await kept.path()).read_text())["email"]

        await follow_a_mailed_code(site, page, email=email, mails=2)
        await page.get_by_label("Effacer mes données").check()
        await page.get_by_role("button", name="Continuer").click()
        await page.get_by_text("à corriger").wait_for()
        await looked_at(page, "own-data-sure")
        await page.get_by_label("J’ai compris").check()
        await page.get_by_role("button", name="Continuer").click()
        await page.get_by_role("heading", name="Vos données sont effacées").wait_for()
        assert page.said == []


async def follow_a_mailed_code(site, page, *, email, mails):
    """Ask for a code, and follow the newest of so many mails."""

    async def look():
        found = [mail for mail in await site.mails(to=email) if mail["subject"] == "Vos données"]
        return found if len(found) == mails else None

    await page.goto("/mes-donnees")
    await page.get_by_label("Adresse e-mail").fill(email)
    await page.get_by_role("button", name="Recevoir le lien").click()
    await page.get_by_role("heading", name="Consultez votre messagerie").wait_for()
    await page.goto(link_in((await eventually(look))[0], "/mes-donnees/code#"))
    await page.wait_for_url("**/mes-donnees/code")


async def test_the_map_and_the_list_are_in_step(site):
    async with site.page() as page:
        await page.goto("/programme")
        area = page.locator(".map a").first
        said = await area.locator("title").first.text_content()
        await area.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**territory=**")
        assert number(await page.locator("#count").text_content()) == number(said.rpartition(" – ")[2])
        assert page.said == []


async def sign_up(page):
    """In the form of an event; the address that was used."""
    email = f"{uuid4().hex[:10]}@example.org"
    await page.get_by_label("Votre nom").fill("Camille Moreau")
    await page.get_by_label("Adresse e-mail").fill(email)
    await page.get_by_role("button", name="S’inscrire").click()
    await page.get_by_role("heading", name="C’est noté").wait_for()
    return email


async def tab_to(page, selector):
    """Press Tab until this has the focus, and see where it is."""
    for _ in range(200):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            width = await page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            assert width >= 2, f"the focus on {selector} is not seen"
            return
    raise AssertionError(f"Tab does not lead to {selector}")
