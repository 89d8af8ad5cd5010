"""Which faults come when, to whom, for how long: decided by the seed alone."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from semaine.faults import members
from semaine.faults.proxy import Direction
from shared.contracts.topics import SERVICES, TOPICS

Kind = Literal[
    "kill", "pause", "cut", "one_way_cut", "delay", "half_open", "disk_full", "clock", "leave", "join", "relay_cut",
    "rewind",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

_FIRST_SECONDS = 3.0
_GAP_SECONDS = (2.0, 6.0)
_REST_SECONDS = 2.0
"""Between two faults of the same target."""
_REWINDING_SECONDS = 12.0
"""Until members have left a group and it takes other offsets."""
_AT_ONCE = 4
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault to be injected; `at` and `hold` in seconds, `at` from the beginning."""

    kind: Kind
    targets: tuple[str, ...]
    hold: float
    number: int = 0
    at: float = 0.0
    direction: Direction | None = None
    """Of a one-way cut."""
    seconds: float = 0.0
    """How slow a link gets, or how far a clock is off."""
    topic: str = ""
    """Whose group is rewound."""

    def sentence(self) -> str:
        """What it is, for a log."""
        slow = f"{self.seconds:+.2f} s" if self.seconds else ""
        extra = "".join(f", {part}" for part in (self.direction, slow, self.topic) if part)
        return f"{self.kind} {' '.join(self.targets)} for {self.hold:.1f} s{extra}"

    def rests_at(self) -> float:
        """When its targets may be disturbed again."""
        longer = {"rewind": _REWINDING_SECONDS, "relay_cut": self.seconds}.get(self.kind, 0.0)
        return self.at + self.hold + longer + _REST_SECONDS

    def claims(self) -> frozenset[str]:
        """What must not be disturbed by another fault meanwhile."""
        link = next((target for target in self.targets if target in members.LINKS), None)
        if link is None:
            return frozenset(self.targets)
        names = [target for target in self.targets if target != link] or members.users(link)
        return frozenset(f"{link} {name}" for name in names)


def schedule(*, seed: int, seconds: float, kinds: Sequence[Kind] = KINDS) -> list[Fault]:
    """All faults of a run of `seconds`, in order; every kind once before any comes again."""
    chance = random.Random(seed)  # noqa: S311 - it shall be foreseeable
    planned: list[Fault] = []
    deck: list[Kind] = []
    at = _FIRST_SECONDS
    while at < seconds:
        deck = deck or chance.sample(kinds, len(kinds))
        fault = _placed(deck.pop(), at, planned, chance)
        if fault:
            planned.append(replace(fault, hold=min(fault.hold, max(seconds - at, 1.0))))
        at += chance.uniform(*_GAP_SECONDS)
    return planned


def _placed(kind: Kind, at: float, planned: Sequence[Fault], chance: random.Random) -> Fault | None:
    """A fault of this kind whose targets are at rest; None if none was found or enough is going on."""
    if sum(fault.at + fault.hold > at for fault in planned) >= _AT_ONCE:
        return None
    busy = frozenset[str]().union(*(fault.claims() for fault in planned if fault.rests_at() > at))
    for _ in range(_TRIES):
        fault = replace(_DRAW[kind](chance), number=len(planned) + 1, at=round(at, 2))
        if not fault.claims() & busy:
            return fault
    return None


def _processes(chance: random.Random) -> tuple[str, ...]:
    """A server, a replica, or both of a service."""
    if chance.random() < 0.4:  # noqa: PLR2004
        return (chance.choice(members.SERVERS),)
    both = members.replicas(chance.choice(SERVICES))
    return both if chance.random() < 0.2 else (chance.choice(both),)  # noqa: PLR2004


def _link(chance: random.Random) -> tuple[str, ...]:
    """All ways to a server, or one replica's."""
    link = chance.choices(members.LINKS, weights=(3, 3, 1))[0]
    return (link,) if chance.random() < 0.4 else (link, chance.choice(members.users(link)))  # noqa: PLR2004


def _hold(chance: random.Random, least: float, most: float) -> float:
    return round(chance.uniform(least, most), 2)


def _kill(chance: random.Random) -> Fault:
    return Fault(kind="kill", targets=_processes(chance), hold=_hold(chance, 0.1, 8))


def _pause(chance: random.Random) -> Fault:
    """Replicas long enough to lose their leases and their places in the groups."""
    targets = _processes(chance)
    long = members.service_of(targets[0]) is not None
    return Fault(kind="pause", targets=targets, hold=_hold(chance, *((12, 22) if long else (2, 12))))


def _cut(chance: random.Random) -> Fault:
    return Fault(kind="cut", targets=_link(chance), hold=_hold(chance, 0.1, 12))


def _one_way_cut(chance: random.Random) -> Fault:
    direction: Direction = chance.choice(("to_server", "to_client"))
    return Fault(kind="one_way_cut", targets=_link(chance), hold=_hold(chance, 2, 20), direction=direction)


def _delay(chance: random.Random) -> Fault:
    seconds = round(chance.uniform(0.05, 1.0), 2)
    return Fault(kind="delay", targets=_link(chance), hold=_hold(chance, 4, 15), seconds=seconds)


def _half_open(chance: random.Random) -> Fault:
    return Fault(kind="half_open", targets=_link(chance), hold=_hold(chance, 2, 15))


def _disk_full(chance: random.Random) -> Fault:
    return Fault(kind="disk_full", targets=(chance.choice(members.SERVERS),), hold=_hold(chance, 2, 6))


def _clock(chance: random.Random) -> Fault:
    shift = round(chance.choice((-1, 1)) * chance.uniform(5, 900), 1)
    return Fault(kind="clock", targets=_one(chance), hold=_hold(chance, 10, 20), seconds=shift)


def _leave(chance: random.Random) -> Fault:
    return Fault(kind="leave", targets=_one(chance), hold=_hold(chance, 0.1, 8))


def _join(chance: random.Random) -> Fault:
    spare = members.replica(chance.choice(SERVICES), members.SPARE)
    return Fault(kind="join", targets=(spare,), hold=_hold(chance, 8, 20))


def _relay_cut(chance: random.Random) -> Fault:
    """The relay's database connection drops while its sends are on a slow way to Kafka."""
    targets = ("link:kafka", *members.replicas(chance.choice(SERVICES)))
    seconds = round(chance.uniform(0.2, 2), 2)
    return Fault(kind="relay_cut", targets=targets, hold=_hold(chance, 3, 8), seconds=seconds)


def _rewind(chance: random.Random) -> Fault:
    topic = chance.choice([topic for topic in TOPICS if topic.consumers])
    service = chance.choice(sorted(topic.consumers))
    return Fault(kind="rewind", targets=members.replicas(service), hold=_hold(chance, 0.1, 2), topic=topic.name)


def _one(chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(members.replicas(chance.choice(SERVICES))),)


_DRAW: dict[Kind, Callable[[random.Random], Fault]] = {
    "kill": _kill,
    "pause": _pause,
    "cut": _cut,
    "one_way_cut": _one_way_cut,
    "delay": _delay,
    "half_open": _half_open,
    "disk_full": _disk_full,
    "clock": _clock,
    "leave": _leave,
    "join": _join,
    "relay_cut": _relay_cut,
    "rewind": _rewind,
}
