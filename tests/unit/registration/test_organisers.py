"""Rules of organisers: who is the same one, and which numbers are possible."""

import pytest
from pydantic import ValidationError

from registration.organisers.domain import NewOrganiser, OrganiserContent

_NAMED = {"name": "Lycée Livet", "email": "Bureau@livet.example"}


def _organiser(**changes):
    return OrganiserContent.model_validate({"kind": "school", **_NAMED, **changes})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"siret": "732 829 320 00074"}, {"siret": "73282932000074", "name": "Autre", "email": "a@b.fr"}),
        ({"siret": "732.829.320.00074"}, {"siret": "73282932000074", "uai": "0440001A"}),
        ({"uai": "0440001a"}, {"uai": "0440001A", "rna": "W442000001"}),
        ({"rna": "w442000001"}, {"rna": "W442000001", "name": "Autre"}),
        ({}, {"name": "LYCÉE LIVET", "email": "bureau@LIVET.example"}),
    ],
)
def test_the_same_organiser(one, other):
    assert _organiser(**one).identity == _organiser(**other).identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"siret": "73282932000074"}, {"siret": "55210055400013"}),
        ({"uai": "0440001A"}, {}),
        ({}, {"email": "direction@livet.example"}),
        ({}, {"name": "Lycée Livet 2"}),
    ],
)
def test_another_organiser(one, other):
    assert _organiser(**one).identity != _organiser(**other).identity


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "school"},
        {"kind": "school", "uai": "0750655e"},
        {"kind": "association", "rna": "W442000001"},
        {"kind": "association", "rna": "w2a1000123"},  # of Corsica
        {"kind": "public_body"},
        {"kind": "company", "siret": "73282932000074"},
        {"kind": "company", "siret": "35600000049837"},  # La Poste
    ],
)
def test_who_may_register(changes):
    NewOrganiser.model_validate(_NAMED | changes)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "company"}, "siret: a company gives its SIRET"),
        ({"kind": "company", "uai": "0440001A"}, "siret: a company gives its SIRET"),
        ({"kind": "school", "siret": "73282932000075"}, "siret: 73282932000075 is not a possible SIRET"),
        ({"kind": "company", "siret": "35600000049838"}, "not a possible SIRET"),
        ({"kind": "school", "siret": "1234567890123 "}, "pattern"),
        ({"kind": "school", "uai": "0750655F"}, "uai: 0750655F is not a possible UAI"),
        ({"kind": "association", "rna": "W4A2000001X"}, "pattern"),
    ],
)
def test_who_may_not(changes, word):
    with pytest.raises(ValidationError, match=word):
        NewOrganiser.model_validate(_NAMED | changes)


def test_an_import_takes_an_impossible_siret_for_the_charter_to_judge():
    assert _organiser(kind="company", siret="73282932000075").identity == "siret:73282932000075"
