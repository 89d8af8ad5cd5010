"""Invented organisers with numbers that the registers could have given."""

import re
from collections import Counter
from random import Random

from stdnum import luhn
from stdnum.fr import siret

from semaine.generation import registers
from semaine.generation.organisers import Organisers
from semaine.generation.places import draw_commune


def test_numbers_satisfy_the_rules_of_their_register():
    random = Random(1)
    for _ in range(200):
        assert siret.is_valid(registers.siret(random))
        assert not siret.is_valid(registers.impossible(registers.siret(random)))
        uai = registers.uai(random, departement="75")
        assert re.fullmatch(r"0759\d{3}[A-Z]", uai)
        assert uai[-1] == "ABCDEFGHJKLMNPRSTUVWXYZ"[int(uai[:7]) % 23]
        assert re.fullmatch(r"W\d{9}", registers.rna(random, departement="2A"))
    assert re.fullmatch(r"620\d{4}[A-Z]", registers.uai(random, departement="2A"))


def test_la_poste_is_there_under_its_own_rule():
    organisers = Organisers(Random(2))
    drawn = [organisers.draw() for _ in range(600)]
    numbers = [each.row["siret"] for each in drawn if each.name.startswith("La Poste")]
    assert numbers
    assert all(number.startswith(registers.LA_POSTE) and siret.is_valid(number) for number in numbers)
    assert not all(luhn.is_valid(number) for number in numbers)


def test_no_two_organisers_share_a_name_an_address_or_a_number():
    organisers = Organisers(Random(3))
    drawn = [organisers.draw().row for _ in range(2_000)]
    for field in ("name", "email", "siret", "uai", "rna"):
        values = [row[field] for row in drawn if field in row]
        assert len(set(values)) == len(values)


def test_a_company_with_an_impossible_siret_is_a_company_all_the_same():
    drawn = Organisers(Random(4)).draw(impossible_siret=True)
    assert drawn.kind == "company"
    assert not siret.is_valid(drawn.row["siret"])


def test_communes_are_drawn_by_their_inhabitants():
    random = Random(5)
    drawn = Counter(draw_commune(random).name for _ in range(3_000))
    assert drawn.most_common(1)[0][0] == "Paris"
    assert 0.02 < drawn["Paris"] / 3_000 < 0.05
    assert {draw_commune(random, departement="974").departement for _ in range(50)} == {"974"}
    assert {draw_commune(random, departement="2A").departement for _ in range(50)} == {"2A"}
