"""What an organiser reads of a decision on their event: criteria, what was found, what would help, the appeal."""

from datetime import date

import pytest

from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult
from tests.integration.registration.test_organiser_pages import HERE, signed_in
from tests.integration.registration.world import event_content

pytestmark = pytest.mark.servers
UNMET = CriterionResult(
    criterion="free_of_charge",
    weight="must",
    outcome="unmet",
    reason=Bilingual(fr="L’entrée coûte 5 €.", en="Entry costs €5."),
    found=("500",),
    remedy=Bilingual(fr="Rendez l’événement gratuit.", en="Make the event free of charge."),
)
DOUBTFUL = CriterionResult(
    criterion="relevance",
    weight="should",
    outcome="doubtful",
    reason=Bilingual(fr="Le lien avec l’industrie est à préciser.", en="The link to industry is unclear."),
    found=("soudure", "-vide-grenier"),
)
NEW = CriterionResult(
    criterion="from_another_charter",
    weight="must",
    outcome="unmet",
    reason=Bilingual(fr="Il manque une rampe.", en="A ramp is missing."),
)
MET = CriterionResult(
    criterion="audience", weight="must", outcome="met", reason=Bilingual(fr="Tout public.", en="For all.")
)


@pytest.fixture
async def browser(registration, organiser):
    made = await signed_in(registration, organiser.headers)
    async with made.http:
        yield made


async def decided(registration, edition, organiser, verdict, **more):
    """The page of an event that is decided so."""
    event_id = (await registration.submit(edition, organiser))["id"]
    await registration.decide(event_id, verdict, **more)
    return event_id, f"{HERE}/{event_id}"


async def test_a_refusal_says_what_was_found_and_what_would_make_it_pass(registration, edition, organiser, browser):
    criteria = (MET, DOUBTFUL, UNMET, NEW)
    event_id, here = await decided(registration, edition, organiser, "refused", criteria=criteria)
    page = (await browser.get(here)).text
    for said in ("Pourquoi il n’a pas le label", "Gratuité", "L’entrée coûte 5 €.", "Rendez l’événement gratuit."):
        assert said in page
    for said in ("à préciser", "soudure", "vide-grenier", "Il manque une rampe.", "1 autre critère est rempli."):
        assert said in page
    assert page.index("L’entrée coûte 5 €.") < page.index("à préciser")  # what decides comes first
    assert "Tout public." not in page
    assert f"/organisateur/evenements/{event_id}/modifier#price_cents" in page
    assert 'href="/recours/' in page
    english = (await browser.get(f"{here}?lang=en")).text
    assert "Make the event free of charge." in english
    assert "votre demande" not in page
    sent = (await browser.get(f"{here}?recours=envoye&lang=fr")).text
    assert "Votre demande de second avis est transmise" in sent


async def test_the_committees_words_are_there_and_the_last_word_is_final(registration, edition, organiser, browser):
    _, here = await decided(
        registration,
        edition,
        organiser,
        "refused",
        criteria=(UNMET,),
        decided_by="referent",
        referent="referent-of-44",
        note="Le repas <payant> est obligatoire.",
        appeal=True,
    )
    page = (await browser.get(here)).text
    assert "Le repas &lt;payant&gt; est obligatoire." in page
    assert "par le comité" in page
    assert "referent-of-44" not in page
    assert "définitive" in page
    assert "/recours/" not in page


async def test_an_appeal_under_way_says_by_when_it_is_answered(registration, edition, organiser, browser):
    _, here = await decided(
        registration, edition, organiser, "in_review", criteria=(UNMET,), appeal=True, due_on=date(2090, 3, 1)
    )
    page = (await browser.get(here)).text
    assert "Vous avez demandé un second avis" in page
    assert "mercredi 1 mars 2090" in page
    assert "/recours/" not in page


async def test_what_was_decided_of_an_older_text_is_shown_no_more(registration, edition, organiser, browser):
    event_id, here = await decided(registration, edition, organiser, "refused", criteria=(UNMET,))
    assert (await registration.amend(event_id, organiser.headers, event_content())).status_code == 200
    assert "L’entrée coûte 5 €." not in (await browser.get(here)).text
    await registration.decide(event_id, "labelled", revision=2, criteria=(MET,))
    page = (await browser.get(here)).text
    assert "Pourquoi il a le label" in page
    assert "/recours/" not in page
