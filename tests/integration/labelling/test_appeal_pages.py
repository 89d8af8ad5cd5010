"""An organiser asks on a page that somebody else looks at a refusal: once, with their reason, for their own event."""

import re
from html import unescape
from uuid import uuid4

import pytest

WHY = "Le prix indiqué était celui du repas, qui est facultatif."


@pytest.fixture
def refused(labelling, edition, new_event):
    """`await refused()`: an event that costs something, and the address where its refusal is appealed against."""

    async def made():
        event = new_event(price_cents=500, departement="67")
        decision = (await labelling.decided(event)).decision
        return event, f"/recours/{decision.id}"

    return made


@pytest.fixture
def organiser_of(sign_in):
    return lambda event: sign_in("organiser", subject=str(event.organiser.id))


async def sent(browser, here, **fields):
    """The form as the page has it. What follows is another service's page: this one does not know it."""
    token = re.search(r'name="csrf" value="([^"]+)"', await browser.page(here))[1]
    return await browser.forged(here, csrf=token, **fields)


async def test_the_decision_is_explained_and_the_appeal_reaches_the_committee(
    labelling, refused, organiser_of, sign_in
):
    event, here = await refused()
    browser = organiser_of(event)
    page = await browser.page(here)
    assert "L’événement n’est pas labellisé." in page
    assert "Gratuité" in page
    assert "il doit être gratuit" in page
    answer = await sent(browser, here, reason=f"  {WHY}\r\n")
    assert answer.history[0].headers["location"] == f"/organisateur/evenements/{event.id}?recours=envoye"
    _, message = (await labelling.decisions_on(event, count=2))[-1]
    assert (message.decision.verdict, message.decision.appeal) == ("in_review", True)
    member = sign_in("referent", subject="ana", departement="67")
    assert WHY in await member.page(f"/comite/evenements/{event.id}")


async def test_there_is_one_appeal_and_what_was_written_is_not_lost(refused, organiser_of):
    event, here = await refused()
    browser = organiser_of(event)
    empty = await sent(browser, here, reason="  ")
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    token = re.search(r'name="csrf" value="([^"]+)"', await browser.page(here))[1]
    await browser.forged(here, csrf=token, reason=WHY)
    again = await browser.forged(here, csrf=token, reason="Encore une fois.")
    assert again.status_code == 409
    assert "Encore une fois." in again.text
    assert "a déjà été demandé" in unescape(again.text)
    assert "<textarea" not in await browser.page(here)


async def test_what_is_somebody_elses_does_not_exist(refused, organiser_of, sign_in):
    event, here = await refused()
    other = sign_in("organiser", subject=str(uuid4()))
    assert (await other.get(here)).status_code == 404
    token = re.search(r'name="csrf" value="([^"]+)"', await organiser_of(event).page(here))[1]
    assert (await other.forged(here, csrf=token, reason=WHY)).status_code in {403, 404}
    assert (await sign_in("referent", subject="ana", departement="67").get(here)).status_code == 403
    assert (await sign_in("partner", subject=str(uuid4())).get(here)).status_code == 403
    assert (await sign_in().get(here)).url.path == "/signin"
    assert (await organiser_of(event).forged(here, reason=WHY)).status_code == 403  # no page gave this form
    assert "<textarea" in await organiser_of(event).page(here)


async def test_staff_appeal_for_an_organiser(labelling, refused, sign_in):
    event, here = await refused()
    staff = sign_in("staff")
    answer = await sent(staff, here, reason=WHY)
    assert answer.url.path == f"/comite/evenements/{event.id}/decisions"
    assert len(await labelling.decisions_on(event, count=2)) == 2
