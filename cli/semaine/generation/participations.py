"""Sign-ups: individuals and class groups, as lines of a bulk import."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from random import Random

import orjson

from semaine.generation.events import GeneratedEvent
from semaine.generation.french import plain
from semaine.generation.material import material

_GROUPS = (15, 35)
_IN_GROUPS = 0.5
_WITH_EMAIL = 0.1
_ENGLISH = 0.03
_SKEW = 0.9
_SIZE_BITS = 6


class TooFewPlacesError(ValueError):
    """The events have no room for so many people: generate fewer people or more events."""


def generate_participations(*, people: int, seed: int, events: Iterable[GeneratedEvent]) -> Iterator[bytes]:
    """
    NDJSON lines, each with its line feed, of sign-ups of exactly so many people in events that will be labelled.

    About half the people come in groups of 15 to 35; about one line in ten has an e-mail. No capacity is exceeded.
    The same arguments give the same lines. References are unique: `P<seed>-<number>`. Memory: four bytes a line.
    """
    random = Random(f"participations {seed}")  # noqa: S311 - wants to be repeatable
    open_events = [event for event in events if event.fault is None]
    crowds = _crowds(random, open_events, people)
    sign_ups = _sign_ups(random, crowds)
    random.shuffle(sign_ups)
    return _lines(random, sign_ups, [event.row["reference"] for event in open_events], seed)


def _crowds(random: Random, events: Sequence[GeneratedEvent], people: int) -> list[int]:
    """
    People per event: log-normal around what its type draws, never more than its capacity, in all exactly `people`.

    Most events with a limit keep some places free; these are only filled when nothing else has room.
    """
    weights = [material("types")[event.row["type"]]["crowd"] * random.lognormvariate(0, _SKEW) for event in events]
    limits = [people if event.row["capacity"] is None else event.row["capacity"] for event in events]
    comfortable = [round(limit * random.choice((0.5, 0.7, 0.8, 0.9, 1.0))) for limit in limits]
    crowds = [0] * len(events)
    for allowed in (comfortable, limits):
        _share(crowds, weights, allowed, people - sum(crowds))
    if sum(crowds) != people:
        raise TooFewPlacesError(f"{people} people, but only {sum(limits)} places: fewer people or more events")
    return crowds


def _share(crowds: list[int], weights: list[float], allowed: list[int], people: int) -> None:
    """Adds people in proportion to the weights, again and again among the events that still have room."""
    while people > 0 and (roomy := [index for index, most in enumerate(allowed) if crowds[index] < most]):
        edges = [0.0, *accumulate(weights[index] for index in roomy)]
        marks = [round(people * edge / edges[-1]) for edge in edges]
        for index, begin, end in zip(roomy, marks, marks[1:], strict=False):
            added = min(end - begin, allowed[index] - crowds[index])
            crowds[index] += added
            people -= added


def _sign_ups(random: Random, crowds: list[int]) -> "array[int]":
    """One number a line: the event's index and, in the lowest six bits, the people."""
    sign_ups = array("I")
    seen = grouped = 0
    for index, crowd in enumerate(crowds):
        seen += crowd
        wanted = min(crowd, (seen * _IN_GROUPS - grouped) * random.uniform(0.5, 1.5))
        inside = 0
        while inside + (size := random.randint(*_GROUPS)) <= wanted:
            sign_ups.append(index << _SIZE_BITS | size)
            inside += size
        grouped += inside
        sign_ups.extend([index << _SIZE_BITS | 1] * (crowd - inside))
    return sign_ups


def _lines(random: Random, sign_ups: "array[int]", references: list[str], seed: int) -> Iterator[bytes]:
    heads = [b'{"event":%b,"reference":"P%d-' % (orjson.dumps(reference), seed) for reference in references]
    ends = [
        b'","kind":"%b","people":%d' % (b"person" if size == 1 else b"group", size) for size in range(1 << _SIZE_BITS)
    ]
    people, chance, low = _People(random), random.random, (1 << _SIZE_BITS) - 1
    for number, sign_up in enumerate(sign_ups, 1):
        size = sign_up & low
        contact = people.contact(number, group=size > 1) if chance() < _WITH_EMAIL else b"}\n"
        yield b"%b%07d%b%b" % (heads[sign_up >> _SIZE_BITS], number, ends[size], contact)


class _People:
    """Names and addresses; the number of the line makes each address the only one."""

    def __init__(self, random: Random) -> None:
        names = material("names")
        self._random = random
        self._given = [(name, _local(name)) for name in names["given"]]
        self._families = [(name, _local(name)) for name in names["families"]]

    def contact(self, number: int, *, group: bool) -> bytes:
        """The end of a line: name, e-mail and language."""
        random = self._random
        given, local = self._given[int(random.random() * len(self._given))]
        family, domestic = self._families[int(random.random() * len(self._families))]
        name = f"{given} {family}, classe de {random.randint(3, 6)}e" if group else f"{given} {family}"
        language = "en" if random.random() < _ENGLISH else "fr"
        contact = {"name": name, "email": f"{local}.{domestic}.{number}@example.org", "language": language}
        return b"," + orjson.dumps(contact)[1:] + b"\n"


def _local(name: str) -> str:
    return plain(name).replace(" ", "-")
