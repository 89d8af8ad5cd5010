"""Several ways of doing one thing, measured in alternating rounds on one machine."""

import statistics
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.conditions import Clock, Conditions

_MOST_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What one round found: the figure that is compared, and whatever else is worth keeping."""

    value: float
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading and the conditions it was taken in."""

    reading: Reading
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Samples:
    """All samples of one contender. Where some were taken in quiet, the others do not count."""

    all: list[Sample]

    @property
    def counted(self) -> list[Sample]:
        return [sample for sample in self.all if sample.conditions.quiet] or self.all

    @property
    def median(self) -> float:
        return statistics.median(sample.reading.value for sample in self.counted)

    @property
    def typical(self) -> Sample:
        """The sample nearest the median."""
        return min(self.counted, key=lambda sample: abs(sample.reading.value - self.median))


Contender = Callable[[], Awaitable[Reading]]


async def take(contender: Contender) -> Sample:
    """One round."""
    before = Clock.read()
    reading = await contender()
    return Sample(reading, before.until(Clock.read()))


def _shown(name: str, sample: Sample) -> Sample:
    """Tell of a round at once: a measurement takes minutes."""
    others = "" if sample.conditions.quiet else f", while others used {sample.conditions.other_cores:.1f} cores"
    print(f"  … {name}: {sample.reading.value:,.4g} ({sample.conditions.seconds:.0f} s{others})", flush=True)
    return sample


async def contest(contenders: Mapping[str, Contender], *, rounds: int, warm_up: bool = True) -> dict[str, Samples]:
    """
    Measure each contender `rounds` times, in turns, every other round in reverse order; the warm-up counts for nobody.

    Where others disturbed most rounds of a contender, more are taken, at most two; none where one round was asked for.
    """
    if warm_up:
        for contender in contenders.values():
            await contender()
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders) if number % 2 == 0 else reversed(list(contenders)):
            samples[name].append(_shown(name, await take(contenders[name])))
    for _ in range(_MOST_REPEATS if rounds > 1 else 0):
        for name, found in samples.items():
            if sum(sample.conditions.quiet for sample in found) < (rounds + 1) // 2:
                found.append(_shown(name, await take(contenders[name])))
    return {name: Samples(found) for name, found in samples.items()}
