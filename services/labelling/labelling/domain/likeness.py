"""Which events may say the same: marks that two of them share, and how alike their texts are."""

import heapq
from collections.abc import Iterable
from hashlib import blake2b

from labelling.domain.text import folded, stems
from shared.contracts.registration import EventState

_WORDS = 3
"""Of a shingle: as many words one after the other."""
MARKS = 32
"""Of a text: the lowest hashes of its shingles. Texts that share nine shingles of ten share about as many of these."""
_FEWEST_SHINGLES = 12
"""Below, a text says too little for being alike to mean anything."""
ALIKE_FROM = 0.5
"""Share of common shingles, from 0 to 1, from which two texts are nearly the same."""
SHARED_MARKS = 10
"""As few marks in common are looked at more closely: below, that much likeness is all but impossible."""
_MOST_SLOTS = 20


def shingles(event: EventState) -> frozenset[int]:
    """Hashes of all runs of three stems in title and description; none for a text that says too little."""
    words = stems(f"{event.title} {event.description}")
    found = {_hash(" ".join(words[at : at + _WORDS])) for at in range(len(words) - _WORDS + 1)}
    return frozenset(found) if len(found) >= _FEWEST_SHINGLES else frozenset()


def text_marks(event: EventState) -> list[int]:
    """What a text is found by: a sample of its shingles that is the same for the same text."""
    return heapq.nsmallest(MARKS, shingles(event))


def place_marks(event: EventState) -> list[int]:
    """One for each time: the same organiser at the same place at the same time."""
    place = event.place
    where = folded(
        place.url if place.mode == "online" else f"{place.commune or place.city} {place.address or place.name}"
    )
    return sorted({
        _hash(f"{event.organiser.id} {where} {slot.begin.isoformat()}") for slot in event.slots[:_MOST_SLOTS]
    })  # fmt: skip


def likeness(one: EventState, other: EventState) -> float:
    """The share of the shingles of both that is in each, from 0 to 1."""
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def grouped(pairs: Iterable[tuple[int, int]], *, count: int) -> list[list[int]]:
    """The numbers below `count` that hang together by pairs, in order; without those that stand alone."""
    leader = list(range(count))

    def of(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    for first, second in pairs:
        leader[max(of(first), of(second))] = min(of(first), of(second))
    groups: dict[int, list[int]] = {}
    for number in range(count):
        groups.setdefault(of(number), []).append(number)
    return [group for group in groups.values() if len(group) > 1]


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
