"""Two charters compared: each field that differs, once, in words."""

import copy

import pytest

from labelling.domain.charter import charter_from
from labelling.domain.differences import differences


@pytest.fixture
def compared(document, charter):
    """`compared(change)`: what differs once `change` was made to a copy of the charter of 2020."""

    def compared(change):
        draft = copy.deepcopy(document)
        change(draft, {each["criterion"]: each for each in draft["criteria"]})
        return differences(charter, charter_from(draft, source="draft"))

    return compared


def test_a_charter_differs_from_itself_in_nothing(charter):
    assert differences(charter, charter) == []


@pytest.mark.parametrize(
    ("change", "criterion", "field", "fr", "en"),
    [
        (lambda draft, _: draft.update(review_working_days=5), None, "review_working_days",
         "La charte, délai du comité en jours ouvrés : « 4 » devient « 5 ».",
         "The charter, working days of the committee: “4” becomes “5”."),
        (lambda draft, _: draft.update(validity={"first_day": "2020-09-01"}), None, "validity.first_day",
         "La charte, validité premier jour : « 2020-09-01 » s’ajoute.",
         "The charter, validity first day: “2020-09-01” is added."),
        (lambda draft, _: draft.update(editions=["2020"]), None, "editions",
         "La charte, éditions : « * » disparaît.", "The charter, editions: “*” goes."),
        (lambda _, each: each["territory"].update(weight="must"), "territory", "weight",
         "Territoire, poids : « souhaité » devient « obligatoire ».",
         "Territory, weight: “wanted” becomes “required”."),
        (lambda _, each: each["relevance"]["parameters"].update(accept_from=0.3), "relevance", "parameters.accept_from",
         "Sujet, indice à partir duquel accepter : « 0.25 » devient « 0.3 ».",
         "Subject, score from which to accept: “0.25” becomes “0.3”."),
        (lambda _, each: each["audience"]["parameters"]["accepted"].append("professionals"), "audience",
         "parameters.accepted", "Public, publics acceptés : « professionals » s’ajoute.",
         "Audience, accepted audiences: “professionals” is added."),
        (lambda _, each: each["duplicates"]["messages"]["met"].update(fr="Rien de tel."), "duplicates",
         "messages.met.fr",
         "Doublon, message met en français : « Aucun autre événement ne dit la même chose. » devient « Rien de tel. ».",
         "Duplicate, message met in French: “Aucun autre événement ne dit la même chose.” becomes “Rien de tel.”."),
        (lambda draft, each: draft["criteria"].remove(each["free_of_charge"]), "free_of_charge", "",
         "Critère « Gratuité » (obligatoire) supprimé.", "Criterion “Free of charge” (required) removed."),
    ],
)  # fmt: skip
def test_a_change_is_said(compared, change, criterion, field, fr, en):  # noqa: PLR0917
    (found,) = compared(change)
    assert (found.criterion, found.field) == (criterion, field)
    assert (found.words.fr, found.words.en) == (fr, en)


def test_terms_of_the_lexicon_are_compared_one_by_one(compared):
    def change(_, each):
        groups = each["relevance"]["parameters"]["lexicon"]["groups"]
        groups[0]["terms"].remove("usine du futur")
        groups.append({"subject": "new", "weight": 2.5, "terms": ["exosquelette"]})

    words = {found.field: found.words.fr for found in compared(change)}
    assert words == {
        "parameters.lexicon.terms.usine du futur": "Sujet, lexique terme usine du futur : « 4 » disparaît.",
        "parameters.lexicon.terms.exosquelette": "Sujet, lexique terme exosquelette : « 2.5 » s’ajoute.",
    }


def test_another_order_is_said_once(compared):
    (found,) = compared(lambda draft, _: draft["criteria"].reverse())
    assert (found.criterion, found.field) == (None, "criteria")
    assert found.after.startswith("organiser_number, duplicates")


def test_what_goes_in_one_direction_comes_in_the_other(document, charter):
    draft = copy.deepcopy(document)
    draft["criteria"] = draft["criteria"][:3]
    shorter = charter_from(draft, source="draft")
    gone, come = differences(charter, shorter), differences(shorter, charter)
    assert [each.criterion for each in gone] == [each.criterion for each in come]
    assert [(each.before, each.after) for each in gone] == [(each.after, each.before) for each in come]
