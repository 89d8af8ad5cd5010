"""Who organises how many events, and which of them are faulty, before any is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from semaine.generation.faults import Fault, faulty

_PER_ORGANISER = 8
_MOST_PROLIFIC = 12.0
_SKEW = 1.2


@dataclass(frozen=True, slots=True)
class Programme:
    """The events of one organiser: the fault of each, in order."""

    faults: list[Fault | None]

    @property
    def impossible_siret(self) -> bool:
        return self.faults == ["impossible_siret"]


def programmes(random: Random, *, events: int) -> list[Programme]:
    """
    About `events / 8` programmes, of `events` events in all.

    An impossible SIRET is its organiser's, so an organiser with that fault has this one event and no other.
    """
    faults = faulty(random, events=events)
    others = [fault for fault in faults if fault != "impossible_siret"]
    impossible = len(faults) - len(others)
    sizes = _sizes(random, events - impossible, max(1, round(events / _PER_ORGANISER) - impossible))
    planned = [*_spread(random, sizes, others), *([Programme(["impossible_siret"])] * impossible)]
    random.shuffle(planned)
    return planned


def _sizes(random: Random, events: int, organisers: int) -> list[int]:
    """Most organise a few events, some very many."""
    sizes = [1] * min(organisers, events)
    weights = [min(random.paretovariate(_SKEW), _MOST_PROLIFIC) for _ in sizes]
    for index in random.choices(range(len(sizes)), weights, k=events - len(sizes)) if sizes else ():
        sizes[index] += 1
    return sizes


def _spread(random: Random, sizes: list[int], faults: Sequence[Fault]) -> list[Programme]:
    """Faults at random places, duplicates only where the organiser has a faultless event before."""
    owners = [owner for owner, size in enumerate(sizes) for _ in range(size)]
    places = sorted(random.sample(range(len(owners)), len(faults)))
    taken = set(places)
    starts = {owner: place for place, owner in reversed(list(enumerate(owners)))}
    late = [place for place in places if any(other not in taken for other in range(starts[owners[place]], place))]
    fault_at = dict(_assigned(random, places, late, faults))
    planned = [Programme([]) for _ in sizes]
    for place, owner in enumerate(owners):
        planned[owner].faults.append(fault_at.get(place))
    return planned


def _assigned(
    random: Random, places: list[int], late: list[int], faults: Sequence[Fault]
) -> Iterator[tuple[int, Fault]]:
    """Each place and its fault. A duplicate that finds no place becomes an event with a price."""
    others: list[Fault] = [fault for fault in faults if fault != "duplicate"]
    repeated = random.sample(late, min(len(faults) - len(others), len(late)))
    yield from ((place, "duplicate") for place in repeated)
    first = set(repeated)
    rest = [place for place in places if place not in first]
    others += ["paid"] * (len(rest) - len(others))
    yield from zip(rest, others, strict=True)
