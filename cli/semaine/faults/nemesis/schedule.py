"""Which faults come when, to whom, for how long: decided by the seed alone."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from semaine.faults.nemesis.decks import Deck
from semaine.faults.nemesis.draws import Draws
from semaine.faults.nemesis.fault import KINDS, Fault, Kind

_FIRST_SECONDS = 3.0
_GAP_SECONDS = (2.0, 6.0)
_AT_ONCE = 4
_MORE_OFTEN: tuple[Kind, ...] = ("kill", "kill", "pause", "pause")
"""Besides once like all: they meet servers and replicas alike."""


def schedule(*, seed: int, seconds: float, kinds: Sequence[Kind] = KINDS) -> list[Fault]:
    """All faults of a run of `seconds`, in order; every kind comes before any comes again."""
    chance = Random(seed)  # noqa: S311 - it shall be foreseeable
    deck = Deck([*kinds, *(kind for kind in _MORE_OFTEN if kind in kinds)], chance)
    draws = Draws(chance)
    planned: list[Fault] = []
    at = _FIRST_SECONDS
    while at < seconds:
        if fault := _next(deck, draws, round(at, 2), planned):
            planned.append(replace(fault, hold=min(fault.hold, max(seconds - at, 1.0))))
        at += chance.uniform(*_GAP_SECONDS)
    return planned


def _next(deck: Deck[Kind], draws: Draws, at: float, planned: Sequence[Fault]) -> Fault | None:
    """A fault whose targets are at rest; None if none was found or enough is going on."""
    if sum(fault.at + fault.hold > at for fault in planned) >= _AT_ONCE:
        return None
    busy = frozenset[str]().union(*(fault.claims() for fault in planned if fault.rests_at() > at))
    fault = deck.draw(lambda kind: draws.draw(kind, lambda drawn: not drawn.claims() & busy))
    return replace(fault, number=len(planned) + 1, at=at) if fault else None
