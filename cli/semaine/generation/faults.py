"""What can be wrong with an event, one thing at a time, and what the charter must then decide."""

from itertools import cycle, islice
from random import Random
from types import MappingProxyType
from typing import Literal, get_args

Fault = Literal["outside_window", "paid", "closed_audience", "off_topic", "too_short", "duplicate", "impossible_siret"]
Verdict = Literal["labelled", "refused", "in_review"]

FAULTS: tuple[Fault, ...] = get_args(Fault)
EXPECTED: MappingProxyType[Fault | None, Verdict] = MappingProxyType(
    {None: "labelled", **dict.fromkeys(FAULTS, "refused")}
)

ONE_IN = 8


def faulty(random: Random, *, events: int) -> list[Fault]:
    """One event in eight, every fault as often as another, in random order."""
    faults = list(islice(cycle(random.sample(FAULTS, len(FAULTS))), round(events / ONE_IN)))
    random.shuffle(faults)
    return faults
