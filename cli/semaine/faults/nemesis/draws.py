"""What the faults of each kind are like: whom they meet, for how long, and how badly."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Literal

from semaine.faults import members
from semaine.faults.nemesis.decks import Deck
from semaine.faults.nemesis.fault import Fault, Kind
from semaine.faults.proxy import Direction
from shared.contracts.topics import SERVICES, TOPICS

Targets = tuple[str, ...]
Stock = Literal["killed", "paused", "replicas", "spares", "services", "servers", "links", "relays"]
_TRIES = 8
"""For a card that leaves it to chance which replica is meant."""


class Draws:
    """Faults in an order of chance. Of what can be met, everything has its turn before anything has it again."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._decks = {stock: Deck(choices, chance) for stock, choices in _STOCKS.items()}

    def draw(self, kind: Kind, suits: Callable[[Fault], bool]) -> Fault | None:
        """A fault of this kind that suits; None if none was found."""
        stock, make = _KINDS[kind]

        def play(choose: Callable[[Random], Targets]) -> Fault | None:
            tries = (make(self._chance, choose(self._chance)) for _ in range(_TRIES))
            return next(filter(suits, tries), None)

        return self._decks[stock].draw(play)


# Whom they meet


def _these(*targets: str) -> Callable[[Random], Targets]:
    return lambda _: targets


def _replica_or_both(chance: Random) -> Targets:
    both = members.replicas(chance.choice(SERVICES))
    return both if chance.random() < 0.3 else (chance.choice(both),)  # noqa: PLR2004


def _one_way_to(link: str) -> Callable[[Random], Targets]:
    return lambda chance: (link, chance.choice(members.users(link)))


_SERVERS = [_these(server) for server in members.SERVERS]
_SPARES = [_these(members.replica(service, members.SPARE)) for service in SERVICES]
_SERVICES = [_these(*members.replicas(service)) for service in SERVICES]
_RELAYS = [_these("link:kafka", *members.replicas(service)) for service in SERVICES]
_LINKS = [
    *(_these(link) for link in members.LINKS),
    *(_one_way_to(link) for link in ("link:kafka", "link:postgresql") for _ in range(2)),
]
_STOCKS: Mapping[Stock, Sequence[Callable[[Random], Targets]]] = {
    "killed": [*_SERVERS, _replica_or_both],
    "paused": [*_SERVERS, _replica_or_both],
    "replicas": [_these(name) for service in SERVICES for name in members.replicas(service)],
    "spares": _SPARES,
    "services": _SERVICES,
    "servers": _SERVERS,
    "links": _LINKS,
    "relays": _RELAYS,
}


# For how long, and how badly


def _hold(chance: Random, least: float, most: float) -> float:
    return round(chance.uniform(least, most), 2)


def _kill(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="kill", targets=targets, hold=_hold(chance, 0.1, 8))


def _pause(chance: Random, targets: Targets) -> Fault:
    """Replicas long enough to lose their leases and their places in the groups."""
    long = members.service_of(targets[0]) is not None
    return Fault(kind="pause", targets=targets, hold=_hold(chance, *((12, 22) if long else (2, 12))))


def _cut(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="cut", targets=targets, hold=_hold(chance, 0.1, 12))


def _one_way_cut(chance: Random, targets: Targets) -> Fault:
    direction: Direction = chance.choice(("to_server", "to_client"))
    return Fault(kind="one_way_cut", targets=targets, hold=_hold(chance, 2, 20), direction=direction)


def _delay(chance: Random, targets: Targets) -> Fault:
    seconds = round(chance.uniform(0.05, 1.0), 2)
    return Fault(kind="delay", targets=targets, hold=_hold(chance, 4, 15), seconds=seconds)


def _half_open(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="half_open", targets=targets, hold=_hold(chance, 2, 15))


def _disk_full(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="disk_full", targets=targets, hold=_hold(chance, 2, 6))


def _clock(chance: Random, targets: Targets) -> Fault:
    shift = round(chance.choice((-1, 1)) * chance.uniform(5, 900), 1)
    return Fault(kind="clock", targets=targets, hold=_hold(chance, 10, 20), seconds=shift)


def _leave(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="leave", targets=targets, hold=_hold(chance, 0.1, 8))


def _join(chance: Random, targets: Targets) -> Fault:
    return Fault(kind="join", targets=targets, hold=_hold(chance, 8, 20))


def _relay_cut(chance: Random, targets: Targets) -> Fault:
    """The relay's database connection drops while its sends are on a slow way to Kafka."""
    seconds = round(chance.uniform(0.2, 2), 2)
    return Fault(kind="relay_cut", targets=targets, hold=_hold(chance, 3, 8), seconds=seconds)


def _rewind(chance: Random, targets: Targets) -> Fault:
    service = members.service_of(targets[0])
    topic = chance.choice([topic for topic in TOPICS if service in topic.consumers])
    return Fault(kind="rewind", targets=targets, hold=_hold(chance, 0.1, 2), topic=topic.name)


_KINDS: Mapping[Kind, tuple[Stock, Callable[[Random, Targets], Fault]]] = {
    "kill": ("killed", _kill),
    "pause": ("paused", _pause),
    "cut": ("links", _cut),
    "one_way_cut": ("links", _one_way_cut),
    "delay": ("links", _delay),
    "half_open": ("links", _half_open),
    "disk_full": ("servers", _disk_full),
    "clock": ("replicas", _clock),
    "leave": ("replicas", _leave),
    "join": ("spares", _join),
    "relay_cut": ("relays", _relay_cut),
    "rewind": ("services", _rewind),
}
