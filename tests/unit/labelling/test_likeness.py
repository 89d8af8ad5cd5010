"""Which events may be one and the same: by their marks, then by their texts."""

from collections import Counter, defaultdict
from itertools import combinations
from uuid import UUID

import pytest

from labelling.domain.likeness import ALIKE_FROM, SHARED_MARKS, grouped, likeness, place_marks, text_marks
from semaine.generation import edition_2020, generate_events
from tests.unit.labelling.test_generated_editions import as_published

_TEXT = (
    "Cet atelier pratique fait découvrir l'industrie par les mains : mesurer, régler, assembler, contrôler. Notre"
    " bureau d'études et notre production travaillent à deux pas. Une soudure de composant lourd demande"
    " des jours de travail et autant de contrôles. Toute une équipe met chaque jour son savoir-faire au service de la"
    " fabrication. Chaussures fermées obligatoires ; casque et gilet sont prêtés sur place."
)
_OTHER = (
    "Une exposition de machines à vapeur, avec des démonstrations par les membres de l'association de passionnés, qui"
    " les ont remises en état pendant de longues années de travail patient : chaudières, pistons, régulateurs."
)


def _alike(one, other) -> bool:
    shared = len(set(text_marks(one)) & set(text_marks(other)))
    return shared >= SHARED_MARKS and likeness(one, other) >= ALIKE_FROM


@pytest.mark.parametrize(
    ("before", "after", "alike"),
    [
        ("", "", True),
        ("ATELIER", "atelier", True),
        ("des jours de travail", "beaucoup de temps", True),
        (" Chaussures fermées obligatoires ; casque et gilet sont prêtés sur place.", "", True),
        ("Cet atelier", "Bienvenue ! Venez nombreux. Cet atelier", True),
        (_TEXT, _OTHER, False),
        (_TEXT[:200], _OTHER, False),
    ],
)  # fmt: skip
def test_texts_are_alike_when_little_differs(event, before, after, alike):
    one = event(title="Fabrique ton objet", description=_TEXT)
    other = event(id=UUID(int=9), title="Fabrique ton objet", description=_TEXT.replace(before, after, 1))
    assert _alike(one, other) == _alike(other, one) == alike


def test_a_short_text_says_too_little(event):
    one = event(title="Visite", description="Visite de l'usine.")
    assert (text_marks(one), likeness(one, one)) == ([], 0.0)


def test_place_and_time_are_those_of_one_organiser(event):
    one = event()
    assert place_marks(one) == place_marks(event(id=UUID(int=9), title="Autre titre"))
    for other in (event(organiser={"id": UUID(int=8)}), event(place={"address": "Ailleurs"}), event(slots=())):
        assert not set(place_marks(one)) & set(place_marks(other))


def test_groups_hang_together_by_pairs():
    assert grouped([(1, 2), (2, 5), (3, 4)], count=7) == [[1, 2, 5], [3, 4]]
    assert grouped([], count=3) == []
    assert grouped([(0, 1), (1, 2), (2, 0)], count=3) == [[0, 1, 2]]


def test_in_a_generated_edition_duplicates_are_found_and_little_else():
    """Of the 2,000 events with texts from the same building blocks, 35 are copies of another."""
    generated = list(generate_events(events=2000, seed=3, edition=edition_2020()))
    events = [as_published(number, each) for number, each in enumerate(generated)]
    planted = {number for number, each in enumerate(generated) if each.fault == "duplicate"}
    assert planted
    by_mark = defaultdict(list)
    for number, each in enumerate(events):
        for mark in text_marks(each):
            by_mark[mark].append(number)
    shared = Counter(pair for numbers in by_mark.values() for pair in combinations(numbers, 2))
    found = {
        pair for pair, count in shared.items() if count >= SHARED_MARKS and _alike(*(events[each] for each in pair))
    }
    assert planted <= {number for pair in found for number in pair}
    others = [pair for pair in found if not planted.intersection(pair)]
    assert len(others) < len(events) / 100
