"""What every criterion says of everything it can find: what was found, and what makes it pass, in both languages."""

from datetime import datetime
from typing import get_args
from uuid import UUID

import pytest

from labelling.domain.charter import AnyCriterion
from labelling.domain.explanation import explain
from shared.contracts.registration import Slot

_CRITERIA = {
    each.model_fields["criterion"].annotation.__args__[0]: each for each in get_args(get_args(AnyCriterion)[0])
}
_EARLIER = UUID(int=77)


def _slot(begin: str, end: str) -> Slot:
    return Slot(begin=datetime.fromisoformat(begin), end=datetime.fromisoformat(end))


_INSIDE, _OUTSIDE = _slot("2020-03-31T09:00", "2020-03-31T12:00"), _slot("2020-05-02T09:00", "2020-05-02T12:00")
_WORDS = "Venez nous voir, il y aura du café, de la bonne humeur et de quoi passer un moment agréable avec nous tous."

# criterion, message, what is wrong, what of it the reason names (fr, en), what the remedy asks for, done, and named
_CASES = [
    ("label_window", "outside", {"slots": (_OUTSIDE,)}, ("2 mai 2020", "2 May 2020"),
     {"slots": (_INSIDE,)}, ("16 mars 2020 au 19 avril 2020", "16 March 2020 to 19 April 2020")),
    ("label_window", "partly_outside", {"slots": (_INSIDE, _OUTSIDE)}, ("2 mai 2020", "2 May 2020"),
     {"slots": (_INSIDE,)}, ("ces jours : 2 mai 2020", "these days: 2 May 2020")),
    ("label_window", "no_date", {"slots": ()}, ("pas de date", "no date"),
     {"slots": (_INSIDE,)}, ("16 mars 2020", "16 March 2020")),
    ("audience", "unstated", {"audience": ()}, ("n’est pas indiqué", "not stated"),
     {"audience": ("jobseekers",)}, ("demandeurs d’emploi", "jobseekers")),
    ("audience", "unmet", {"audience": ("staff_only",)}, ("personnel de l’organisateur", "organiser’s own staff"),
     {"audience": ("staff_only", "young_people")}, ("grand public, jeunes", "general public, young people")),
    ("relevance", "doubtful", {"title": "Portes ouvertes", "description": f"{_WORDS} Une machine."},
     ("à vérifier", "to be checked"), {"description": f"{_WORDS} Visite de l'usine et des ateliers de soudure."},
     ("il en faut 25", "25 is needed")),
    ("relevance", "unmet", {"title": "Cours de yoga", "description": f"{_WORDS} Yoga et méditation."},
     ("hors sujet : yoga", "off topic: yoga"), {"title": "Visite de l'usine", "description": "Usinage et soudure."},
     ("les métiers", "trades")),
    ("free_of_charge", "doubtful", {"description": f"{_WORDS} Entrée payante."}, ("entrée payante", "entrée payante"),
     {"description": _WORDS}, ("entrée payante", "entrée payante")),
    ("free_of_charge", "unmet", {"price_cents": 550}, ("5,50 €", "€5.50"), {"price_cents": 0}, ("zéro", "zero")),
    ("completeness", "title_too_short", {"title": "Go"}, ("a 2 caractères", "has 2 characters"),
     {"title": "Visite"}, ("Allongez le titre : au moins 5", "Lengthen the title: at least 5")),
    ("completeness", "title_too_long", {"title": "A" * 201}, ("a 201 caractères", "has 201 characters"),
     {"title": "A" * 200}, ("au plus 200", "at most 200")),
    ("completeness", "description_too_short", {"description": "Bref."}, ("a 5 caractères", "has 5 characters"),
     {"description": "A" * 80}, ("au moins 80", "at least 80")),
    ("completeness", "description_too_long", {"description": "A" * 20_001}, ("a 20001 caractères", "20001 characters"),
     {"description": "A" * 20_000}, ("au plus 20000", "at most 20000")),
    ("completeness", "no_slot", {"slots": ()}, ("aucun horaire", "no time"),
     {"slots": (_INSIDE,)}, ("donnez au moins un horaire", "give at least one time")),
    ("completeness", "slot_ends_before_it_begins", {"slots": (_slot("2020-03-31T12:00", "2020-03-31T09:00"),)},
     ("à 12:00 au 31 mars 2020 à 09:00", "at 12:00 to 31 March 2020 at 09:00"),
     {"slots": (_INSIDE,)}, ("la fin vient après le début", "the end comes after")),
    ("completeness", "slot_too_long", {"slots": (_slot("2020-03-16T09:00", "2020-04-01T09:00"),)},
     ("dépasse 240 heures", "longer than 240 hours"), {"slots": (_INSIDE,)}, ("un par jour", "one a day")),
    ("completeness", "no_address", {"place": {"address": "", "name": ""}}, ("pas d’adresse", "no address"),
     {"place": {"name": "Atelier", "address": ""}}, ("le nom du lieu", "the name of the place")),
    ("completeness", "no_link", {"place": {"mode": "online", "url": ""}}, ("pas de lien", "no link"),
     {"place": {"mode": "online", "url": "https://forges.example/"}}, ("donnez le lien", "give the link")),
    ("territory", "doubtful", {"place": {"commune": None, "city": "Nowhere"}}, ("44000 Nowhere", "44000 Nowhere"),
     {"place": {"commune": "44109", "city": "Nantes"}}, ("code postal", "postcode")),
    ("territory", "unmet", {"place": {"commune": None, "departement": None, "postcode": "00000"}},
     ("00000 Nantes", "00000 Nantes"), {"place": {"commune": "44109"}}, ("en France", "in France")),
    ("duplicates", "unmet", {"duplicate_of": _EARLIER}, (str(_EARLIER), str(_EARLIER)),
     {"duplicate_of": None}, ("Retirez l’un des deux", "Withdraw one of the two")),
    ("organiser_number", "missing", {"organiser": {"siret": None}}, ("pas donné de numéro", "given no number"),
     {"organiser": {"siret": "73282932000074"}}, ("un numéro SIRET", "a SIRET number")),
    ("organiser_number", "impossible", {"organiser": {"siret": "73282932000079"}}, ("73282932000079", "73282932000079"),
     {"organiser": {"siret": "73282932000074"}}, ("73282932000079", "a SIRET number")),
]  # fmt: skip


def test_every_finding_that_is_not_good_is_among_them():
    """`unmet` of completeness is said by its parts; `met`, `online` and `not_needed` pass."""
    passing = {"met", "online", "not_needed"}
    known = {(name, message) for name, each in _CRITERIA.items() for message in each.PLACEHOLDERS} - {
        ("completeness", "unmet")
    }
    assert {(criterion, message) for criterion, message, *_ in _CASES} == {
        (criterion, message) for criterion, message in known if message not in passing
    }
    for criterion, message, *_ in _CASES:
        assert message in _CRITERIA[criterion].REMEDIES


@pytest.mark.parametrize("case", _CASES, ids=lambda case: f"{case[0]}, {case[1]}")
def test_it_says_what_was_found_and_what_makes_it_pass(judged, event, case):
    criterion, _, wrong, found, mended, asked = case
    result = judged(criterion, event(**wrong))
    assert result.outcome != "met"
    assert (found[0] in result.reason.fr, found[1] in result.reason.en) == (True, True), result.reason
    assert result.remedy is not None
    plain = (result.remedy.fr.lower(), result.remedy.en.lower())
    assert (asked[0].lower() in plain[0], asked[1].lower() in plain[1]) == (True, True), result.remedy
    assert "{" not in result.remedy.fr + result.remedy.en
    after = judged(criterion, event(**{**wrong, **mended}))
    assert (after.outcome, after.remedy) == ("met", None), after.reason


def test_a_good_event_is_told_what_speaks_for_it(decided, event, charter):
    for language in ("fr", "en"):
        explanation = explain(decision=decided(event()), charter=charter, language=language)
        assert {each.remedy for each in explanation.criteria} == {""}
        assert all(each.reason for each in explanation.criteria)


def test_an_explanation_gives_name_finding_and_remedy(decided, event, charter):
    explanation = explain(decision=decided(event(price_cents=500)), charter=charter, language="fr")
    (price,) = [each for each in explanation.criteria if each.remedy]
    assert (price.name, price.outcome) == ("Gratuité", "obligatoire, non rempli")
    assert price.remedy == "Rendez l’événement gratuit : le prix doit être zéro."


def test_all_that_lacks_is_asked_for_at_once(judged, event):
    remedy = judged("completeness", event(title="Go", description="Bref.", slots=())).remedy
    assert remedy.fr == (
        "Allongez le titre : au moins 5 caractères ; développez la description : au moins 80 caractères ;"
        " donnez au moins un horaire."
    )
    assert remedy.en.startswith("Lengthen the title: at least 5 characters ; develop the description")
