"""Addresses as people write them, and where they lie."""

import re
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import territory
from shared.contracts import registration


def pattern(annotated):
    return next(argument.pattern for argument in get_args(annotated)[1].metadata if hasattr(argument, "pattern"))


@pytest.mark.parametrize(
    ("postcode", "city", "code"),
    [
        ("44000", "Nantes", "44109"),
        (" 44 000 ", "NANTES", "44109"),
        ("42000", "st etienne", "42218"),
        ("12400", "St-Affrique", "12208"),
        ("94240", "L HAY LES ROSES", "94038"),
        ("76600", "Havre (Le)", "76351"),
        ("44600", "Saint‑Nazaire", "44184"),
        ("71100", "Chalon s/ Saône", "71076"),
        ("31055", "TOULOUSE CEDEX 4", "31555"),
        ("20407", "Bastia Cedex", "2B033"),
        ("75007", "Paris", "75056"),
        ("75116", "Paris 16e arrondissement", "75056"),
        ("69003", "LYON 03", "69123"),
        ("13001", "Marseille 1er", "13055"),
        ("1200", "Bellegarde-sur-Valserine", "01033"),
        ("80100", "", "80001"),
        ("97400", "SAINT DENIS", "97411"),
        ("97500", "Saint-Pierre", "97502"),
    ],
)
def test_a_postcode_and_a_city_as_people_write_them_name_a_commune(postcode, city, code):
    location = territory.locate(postcode=postcode, city=city)
    assert location is not None
    assert location.commune is not None
    assert location.commune.code == code


@pytest.mark.parametrize(
    ("postcode", "city", "departement", "region", "zone"),
    [
        ("67000", "Strasbourg", "67", "44", "Europe/Paris"),
        ("20000", "Ajaccio", "2A", "94", "Europe/Paris"),
        ("97110", "Pointe-à-Pitre", "971", "01", "America/Guadeloupe"),
        ("97200", "Fort-de-France", "972", "02", "America/Martinique"),
        ("97300", "Cayenne", "973", "03", "America/Cayenne"),
        ("97410", "Saint-Pierre", "974", "04", "Indian/Reunion"),
        ("97600", "Mamoudzou", "976", "06", "Indian/Mayotte"),
        ("97500", "Saint-Pierre", "975", None, "America/Miquelon"),
        ("97133", "Gustavia", "977", None, "America/St_Barthelemy"),
        ("97150", "Saint-Martin", "978", None, "America/Marigot"),
        ("98600", "Uvea", "986", None, "Pacific/Wallis"),
        ("98714", "Papeete", "987", None, "Pacific/Tahiti"),
        ("98742", "Nuku-Hiva", "987", None, "Pacific/Marquesas"),
        ("98800", "Nouméa", "988", None, "Pacific/Noumea"),
    ],
)
def test_every_territory_has_its_region_and_time_zone(postcode, city, departement, region, zone):
    location = territory.locate(postcode=postcode, city=city)
    assert location is not None
    assert (location.departement, location.region, location.time_zone) == (departement, region, zone)


@pytest.mark.parametrize(("postcode", "city"), [("75001", "Lyon"), ("92060", "La Défense Cedex"), ("51300", "")])
def test_a_city_that_the_postcode_does_not_serve_leaves_the_departement(postcode, city):
    location = territory.locate(postcode=postcode, city=city)
    assert location is not None
    assert location.commune is None
    assert location.departement == postcode[:2]


@pytest.mark.parametrize("postcode", ["98000", "99999", "00000", "", "abcde", "123", "123456", "٤٤٠٠٠", "2A004"])
def test_what_is_no_french_postcode_has_no_location(postcode):
    assert territory.locate(postcode=postcode, city="Nantes") is None


@given(postcode=st.text(max_size=8) | st.from_regex(r"\d{5}", fullmatch=True), city=st.text(max_size=40))
def test_nothing_that_people_type_breaks_the_lookup(postcode, city):
    location = territory.locate(postcode=postcode, city=city)
    assert location is None or territory.departement(location.departement) is not None


def test_every_commune_is_found_by_its_own_code_and_by_one_of_its_postcodes():
    communes = list(territory.communes())
    assert len(communes) == 34_969
    for commune in communes[::23]:
        assert territory.commune(commune.code) == commune
        for postcode in commune.postcodes:
            location = territory.locate(postcode=postcode, city=commune.name.upper())
            assert location is not None
            assert location.commune == commune


def test_an_arrondissement_stands_for_its_city_and_an_unknown_code_for_nothing():
    names = [found.name for code in ("75112", "69385", "13208") if (found := territory.commune(code))]
    assert names == ["Paris", "Lyon", "Marseille"]
    assert territory.commune("75999") is None
    assert territory.commune("") is None


def test_listings_carry_the_codes_of_the_contracts():
    departements = territory.departements()
    assert len(departements) == 109
    assert all(re.match(pattern(registration.Departement), each.code) for each in departements)
    assert len(territory.regions()) == 18
    assert all(re.match(pattern(registration.Region), each.code) for each in territory.regions())
    listed = [code for each in territory.regions() for code in each.departements]
    assert sorted(listed) == [each.code for each in departements if each.region is not None]
    assert len(listed) == 101
    for each in departements:
        ZoneInfo(each.time_zone)


def test_an_edition_names_regions_and_departements():
    assert territory.name_of("R04") == territory.name_of("974") == "La Réunion"
    assert territory.name_of("R52") == "Pays de la Loire"
    assert territory.name_of("R99") is None
    assert territory.covers(territory="R04", departement="974")
    assert territory.covers(territory="44", departement="44")
    assert not territory.covers(territory="R44", departement="44")
    assert not territory.covers(territory="R99", departement="974")
