"""What the committee does: from the token to the decision that the organiser is mailed, by keyboard alone."""

from uuid import uuid4

from tests.browser.furniture import in_review, register
from tests.browser.looking import looked_at
from tests.browser.wall import LABELLED, wall

REASON = "Vu avec l’organisateur : la visite est ouverte à tous."


async def test_the_committee_decides_by_keyboard_and_the_organiser_is_mailed(site):
    organiser = await register(site)
    title = f"Atelier de fraisage {uuid4().hex[:6]}"
    event = await in_review(site, organiser, title=title)
    async with wall(site) as live, site.page() as page:
        labelled = await live.figure(LABELLED)
        await page.goto("/comite")
        await page.get_by_label("Jeton").fill(site.session("staff", "ana"))
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="À décider", exact=True).wait_for()

        await go_down_to(page, title)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/comite/evenements/{event}")
        await page.keyboard.press("c")
        await page.get_by_text("À vous jusqu’au").wait_for()
        await looked_at(page, "committee-claimed")
        await page.locator("body").press("l")
        assert await page.evaluate("document.activeElement.value") == "labelled"
        await page.keyboard.press("Enter")
        await page.get_by_text("à corriger").first.wait_for()
        await looked_at(page, "committee-faults")
        await page.get_by_label("Raison").focus()
        await page.keyboard.type(REASON)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.value") == "labelled"
        await page.keyboard.press("Enter")
        await page.get_by_text(f"« {title} » est labellisé.").wait_for()
        await looked_at(page, "committee-decided")
        told = await site.mail(to=organiser.email, subject=f"Labellisé : {title}")
        assert REASON in " ".join(told["text"].split())
        await live.reaches(LABELLED, labelled + 1)
        assert page.said == []


async def test_the_committee_decides_many_with_one_reason(site):
    organiser = await register(site)
    mark = uuid4().hex[:6]
    subjects = ("Portes ouvertes à la fonderie", "Le soudage par ultrasons", "Une journée au laboratoire d’essais")
    titles = [f"{each} {mark}" for each in subjects]
    for title in titles:
        await in_review(site, organiser, title=title)
    async with site.page() as page:
        await site.sign_in(page, "staff", "ana")
        await page.goto("/comite")
        for title in titles:
            await page.get_by_label(f"Cocher « {title} »").check()
        await page.get_by_text("3 cochés").wait_for()
        await page.get_by_label("Raison").fill("Le public n’est pas indiqué.")
        await page.get_by_role("button", name="Refuser les cochés").click()
        await page.get_by_role("heading", name="Décisions prises").wait_for()
        await looked_at(page, "committee-many")
        for title in titles:
            await site.mail(to=organiser.email, subject=f"Non labellisé : {title}")
        assert page.said == []


async def go_down_to(page, title):
    """With j, from row to row."""
    for _ in range(200):
        await page.keyboard.press("j")
        if await page.evaluate("document.activeElement.textContent") == title:
            return
    raise AssertionError(f"{title} is not in the queue")
