"""An edition is postponed without dates yet, then to known ones, then cancelled: what each of them sees."""

from contextlib import asynccontextmanager
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from tests.browser.edition import coming
from tests.browser.furniture import labelled, register, sign_up
from tests.browser.looking import looked_at
from tests.browser.mails import link_in
from tests.end_to_end.conftest import eventually

LATER = timedelta(weeks=33)
TITLE = "Visite de la fonderie"
TERMS = {
    "fr": "La situation ne permet pas de tenir la Semaine à ses dates. Votre événement est reporté avec elle.",
    "en": "The Week cannot be held on its dates. Your event is postponed with it.",
}
UNDATED = {"kind": "postponed_undated", "status": "open", "terms": TERMS}
CANCELLED = {"kind": "cancelled", "status": "open", "terms": TERMS}


async def test_a_postponement_is_seen_everywhere_told_once_and_answered_by_one_click(site):
    async with edition_of_its_own(site) as edition, site.page() as page:
        organiser, guest = await register(site), f"{uuid4().hex[:10]}@example.org"
        event = await labelled(site, organiser, edition=edition, title=TITLE)
        place = f"/a/{await sign_up(site, event, name='Camille Moreau', email=guest)}"
        await site.mail(to=guest, subject="Inscription confirmée")

        await act(site, edition, UNDATED)
        await site.mail(to=guest, subject="reportée")
        await seen(page, "/", "sans nouvelle date pour l’instant", "home-undated")
        await seen(page, f"/evenements/{event}", "Cet événement est reporté, sans nouvelle date", "event-undated")
        await page.locator(".facts .struck").first.wait_for()
        await seen(page, place, "Vous serez prévenu dès qu’elle le sera", "place-undated")

        dated = {
            "kind": "postponed",
            "dates": {name: str(date.fromisoformat(day) + LATER) for name, day in edition["dates"].items()},
            "policy": "confirmation",
            "respond_by": str(date.fromisoformat(edition["dates"]["first_day"]) + LATER / 2),
            "terms": TERMS,
        }
        await act(site, edition, dated)
        told = await site.mail(to=guest, subject="nouvelles dates")
        await seen(page, "/", "La Semaine est reportée", "home-postponed")
        banner = await page.locator(".notice-page").text_content()
        for first_day in (edition["dates"]["first_day"], dated["dates"]["first_day"]):
            assert first_day[:4] in banner
            assert str(date.fromisoformat(first_day).day) in banner
        await seen(page, f"/programme?q={TITLE}", "Reporté", "programme-postponed")
        await seen(page, f"/evenements/{event}", "Cet événement est reporté", "event-postponed")
        await page.get_by_text("Auparavant :").wait_for()

        await page.goto(urlsplit(link_in(told, "/a/")).path)
        await looked_at(page, "place-postponed")
        await page.get_by_role("button", name="Je garde ma place").click()
        await page.get_by_text("Vous avez confirmé votre venue.").wait_for()
        await looked_at(page, "place-kept")
        await page.get_by_role("button", name="Je ne viendrai pas").click()
        await page.get_by_role("heading", name="Inscription annulée").wait_for()

        async with site.page() as office:
            await site.sign_in(office, "organiser", organiser.id)
            await seen(office, "/organisateur", "La Semaine est reportée : confirmez vos dates", "organiser-asked")
            await office.get_by_role("link", name="Répondre").first.click()
            await looked_at(office, "organiser-answering")
            await office.get_by_role("button", name="Confirmer ces dates").click()
            await office.get_by_role("heading", name=TITLE).wait_for()
            assert office.said == []

        await act(site, edition, CANCELLED)
        await seen(page, "/", "La Semaine est annulée", "home-cancelled")
        await seen(page, f"/evenements/{event}", "Cet événement est annulé", "event-cancelled")
        await page.locator(".struck").first.wait_for()
        assert await page.get_by_role("button", name="S’inscrire").count() == 0
        for subject in ("reportée", "nouvelles dates"):
            assert len([mail for mail in await site.mails(to=guest) if subject in mail["subject"]]) == 1
        assert page.said == []


@asynccontextmanager
async def edition_of_its_own(site):
    """Open, the latest, so that it is the one that pages show; closed at the end, and the other one is back."""
    content = coming()
    edition = {**content, "id": f"{content['id']}-{uuid4().hex[:6]}", "number": content["number"] + 1}
    address = f"/v1/editions/{edition['id']}"
    await put(site, address, edition)
    try:
        yield edition
    finally:
        await put(site, address, {**(await site.http.get(address)).json(), "status": "closed"})


async def put(site, address, edition):
    content = {name: value for name, value in edition.items() if name not in {"id", "act"}}
    answer = await site.http.put(address, json=content, headers=site.staff)
    assert answer.status_code in {200, 201}, answer.text


async def act(site, edition, content):
    """Preview it, confirm it, and wait until all have been told."""
    address = f"/v1/editions/{edition['id']}/acts"
    shown = await site.http.post(f"{address}/preview", json=content, headers=site.staff)
    assert shown.status_code == 200, shown.text
    done = await site.http.post(address, json={**content, "token": shown.json()["token"]}, headers=site.staff)
    assert done.status_code < 300, done.text
    number = done.json()["act"]["number"]

    async def look():
        return (await site.http.get(f"{address}/{number}", headers=site.staff)).json()["phase"] == "settled"

    await eventually(look)


async def seen(page, address, words, name):
    """The page says so, as soon as what it shows has been told to its service."""
    await page.goto(address)
    await page.get_by_text(words).first.wait_for()
    await looked_at(page, name)
