"""What each criterion of the 2020 charter finds."""

from datetime import datetime
from uuid import UUID

import pytest

from shared.contracts.registration import Slot


def _slot(begin: str, end: str) -> Slot:
    return Slot(begin=datetime.fromisoformat(begin), end=datetime.fromisoformat(end))


_INSIDE = _slot("2020-03-31T09:00", "2020-03-31T12:00")
_OUTSIDE = _slot("2020-05-02T09:00", "2020-05-02T12:00")


def test_a_good_event_meets_every_criterion(decided, event):
    decision = decided(event())
    assert {result.outcome for result in decision.criteria} == {"met"}
    assert decision.verdict == "labelled"


@pytest.mark.parametrize(
    ("slots", "outcome", "found"),
    [
        ([_INSIDE], "met", ()),
        ([_slot("2020-03-16T00:00", "2020-03-16T01:00")], "met", ()),
        ([_slot("2020-04-19T20:00", "2020-04-20T00:00")], "met", ()),
        ([_slot("2020-04-19T20:00", "2020-04-20T00:01")], "unmet", ("2020-04-20",)),
        ([_slot("2020-03-15T23:00", "2020-03-16T02:00")], "unmet", ("2020-03-15",)),
        ([_OUTSIDE], "unmet", ("2020-05-02",)),
        ([_INSIDE, _OUTSIDE], "doubtful", ("2020-05-02",)),
        ([], "unmet", ()),
    ],
)
def test_label_window(judged, event, slots, outcome, found):
    result = judged("label_window", event(slots=tuple(slots)))
    assert (result.outcome, result.found) == (outcome, found)
    assert "du 16 mars 2020 au 19 avril 2020" in result.reason.fr
    assert "from 16 March 2020 to 19 April 2020" in result.reason.en


@pytest.mark.parametrize(
    ("place", "day", "outcome"),
    [
        ({"departement": "974", "region": "04"}, "2020-04-25", "met"),
        ({"departement": "974", "region": "04"}, "2020-03-17", "unmet"),
        ({"departement": "972", "region": "02"}, "2020-05-17", "met"),
        ({"departement": "972", "region": "02"}, "2020-04-01", "unmet"),
        ({"departement": "44", "region": "52"}, "2020-04-25", "unmet"),
        ({"departement": None, "region": None, "mode": "online"}, "2020-04-01", "met"),
    ],
)
def test_a_regional_window_replaces_the_national_one(judged, event, place, day, outcome):
    slots = (_slot(f"{day}T09:00", f"{day}T10:00"),)
    assert judged("label_window", event(place=place, slots=slots)).outcome == outcome


@pytest.mark.parametrize(
    ("audience", "outcome"),
    [
        (("general_public",), "met"),
        (("professionals", "jobseekers"), "met"),
        (("professionals", "staff_only"), "unmet"),
        ((), "doubtful"),
    ],
)
def test_audience(judged, event, audience, outcome):
    assert judged("audience", event(audience=audience)).outcome == outcome


def test_a_closed_audience_is_named_in_both_languages(judged, event):
    reason = judged("audience", event(audience=("staff_only",))).reason
    assert "personnel de l’organisateur" in reason.fr
    assert "grand public, jeunes, demandeurs d’emploi" in reason.fr
    assert "the organiser’s own staff" in reason.en


def test_a_price_is_refused_and_shown(judged, event):
    result = judged("free_of_charge", event(price_cents=550))
    assert result.outcome == "unmet"
    assert "5,50 €" in result.reason.fr
    assert "€5.50" in result.reason.en


@pytest.mark.parametrize("phrase", ["Entrée payante.", "ENTREE PAYANTE", "5 € par personne", "8 euros l’entrée"])
def test_a_free_event_that_speaks_of_a_price_is_doubtful(judged, event, phrase):
    text = f"{event().description} {phrase}"
    assert judged("free_of_charge", event(description=text)).outcome == "doubtful"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": " Go  "}, "title_too_short"),
        ({"title": "A" * 201}, "title_too_long"),
        ({"description": "Une visite d'usine."}, "description_too_short"),
        ({"description": "Usine. " * 3000}, "description_too_long"),
        ({"slots": ()}, "no_slot"),
        ({"slots": (_slot("2020-03-31T12:00", "2020-03-31T09:00"),)}, "slot_ends_before_it_begins"),
        ({"slots": (_slot("2020-03-16T09:00", "2020-04-01T09:00"),)}, "slot_too_long"),
        ({"place": {"address": " ", "name": ""}}, "no_address"),
        ({"place": {"city": ""}}, "no_address"),
        ({"place": {"mode": "online"}}, "no_link"),
        ({"place": {"mode": "mixed"}}, "no_link"),
    ],
)
def test_what_is_incomplete_is_said(judged, event, change, problem):
    result = judged("completeness", event(**change))
    assert (result.outcome, result.found) == ("unmet", (problem,))


def test_everything_that_lacks_is_said_at_once(judged, event):
    result = judged("completeness", event(title="Go", description="Bref.", slots=()))
    assert result.found == ("title_too_short", "description_too_short", "no_slot")
    assert "le titre a 2 caractères, il en faut au moins 5" in result.reason.fr
    assert "the description has 5 characters, at least 80 are needed" in result.reason.en


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        ({}, "met"),
        ({"commune": None}, "doubtful"),
        ({"commune": None, "departement": None}, "unmet"),
        ({"commune": None, "departement": None, "mode": "online"}, "met"),
    ],
)
def test_territory(judged, event, place, outcome):
    assert judged("territory", event(place=place)).outcome == outcome


def test_a_duplicate_names_the_earlier_event(judged, event):
    earlier = UUID(int=99)
    result = judged("duplicates", event(duplicate_of=earlier))
    assert (result.outcome, result.found) == ("unmet", (str(earlier),))
    assert str(earlier) in result.reason.fr


@pytest.mark.parametrize(
    ("organiser", "outcome"),
    [
        ({"siret": "732 829 320 00074"}, "met"),
        ({"siret": "73282932000079"}, "unmet"),
        ({"siret": "7328293200007"}, "unmet"),
        ({"siret": None}, "unmet"),
        ({"siret": ""}, "unmet"),
        ({"siret": "35600000049837"}, "met"),  # La Poste: the sum of digits, not Luhn's
        ({"siret": "35600000049838"}, "unmet"),
        ({"kind": "school", "siret": None, "uai": "0750655E"}, "met"),
        ({"kind": "school", "siret": None, "uai": "0750655e"}, "met"),
        ({"kind": "school", "siret": None, "uai": "0750655F"}, "unmet"),
        ({"kind": "school", "siret": None, "uai": "075065E"}, "unmet"),
        ({"kind": "school", "siret": None}, "met"),
        ({"kind": "school", "siret": "73282932000079", "uai": "0750655E"}, "unmet"),
        ({"kind": "association", "siret": None, "rna": "W751234567"}, "met"),
        ({"kind": "association", "siret": None, "rna": "W2A1234567"}, "met"),
        ({"kind": "association", "siret": None, "rna": "751234567"}, "unmet"),
        ({"kind": "public_body", "siret": None}, "met"),
    ],
)
def test_organiser_number(judged, event, organiser, outcome):
    assert judged("organiser_number", event(organiser=organiser)).outcome == outcome
