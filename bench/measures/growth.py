"""What a message costs, and what a restart takes, the more sign-ups a system holds."""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from bench.conditions import Clock, cpu_seconds
from bench.results import Row
from bench.sign_ups import people_in, sign_ups_for
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from shared.contracts.topics import SERVICES

NAME = "growth"
ABOUT = "cost per message, memory, restart and catch-up as the number of sign-ups grows"
NEEDS: tuple[Path, ...] = ()
_EDITION = "2020"
_GOAL_SPREAD = 0.15
_PROBES = 3
"""At each size; the median of them counts."""
_SLICE = 500_000
"""Sign-ups generated at a time."""


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on:
        growing = _Growing(on, events=sizes.pipeline_events, probe=sizes.growth_probe)
        await growing.prepare()
        found = [await growing.grow(size) for size in sizes.growth]
    costs = [each["cpu_us_per_message"] for each in found]
    memory = [each["stats_rss_mb"] + each["registration_rss_mb"] for each in found]
    spread = max(costs) / min(costs) - 1
    larger = memory[-1] / memory[0] - 1
    return [
        Row(
            name="growth, cost",
            work=f"processor time per message with {_sizes(sizes)} sign-ups in the system: largest over smallest",
            unit="%",
            ours=spread * 100,
            goal=f"≤ {_GOAL_SPREAD:.0%}",
            met=spread <= _GOAL_SPREAD,
            details={"sizes": found},
        ),
        Row(
            name="growth, memory",
            work="resident memory of registration and stats together: last size over first",
            unit="%",
            ours=larger * 100,
            goal=f"≤ {_GOAL_SPREAD:.0%}",
            met=larger <= _GOAL_SPREAD,
        ),
    ]


def _sizes(sizes: Sizes) -> str:
    return ", ".join(f"{size:,}" for size in sizes.growth)


@dataclass
class _Growing:
    """One system that gets larger; the same probe at each size."""

    on: Stage
    events: int
    probe: int
    _held: int = 0
    _seeds: "count[int]" = field(default_factory=lambda: count(1))
    _people: int = 0

    async def prepare(self) -> None:
        edition = await self.on.edition(_EDITION)
        self._all = events_for(edition, events=self.events)
        await self.on.import_events((event.row for event in self._all), edition=_EDITION)
        await self.on.settled()

    async def grow(self, size: int) -> dict[str, Any]:
        """Fill up to `size`, then measure the probe, a restart, and catching up with as many messages as the probe."""
        begun = time.monotonic()
        while self._held < size:
            await self._send(min(_SLICE, size - self._held))
        filled, held = time.monotonic() - begun, self._held
        await self._tidied()
        probes = [await self._measured(self.probe) for _ in range(_PROBES)]
        probe = sorted(probes, key=lambda each: each["cpu_us_per_message"])[_PROBES // 2]
        restart = await self._restart()
        return {
            "sign_ups": held,
            "fill_seconds": filled,
            **probe,
            **restart,
            "catch_up_seconds": await self._catch_up(),
            "catch_up_messages": self.probe,
            **{f"{name}_rss_mb": self._rss(name) for name in SERVICES},
            "peak_rss_mb": self.on.system.processes.peak_rss_mb(),
        }

    async def _send(self, lines: int) -> None:
        """Import, and wait until all is counted and at rest."""
        generated = sign_ups_for(self._all, lines=lines, seed=next(self._seeds))
        self._people += people_in(generated)
        self._held += lines
        await self.on.import_sign_ups(generated, edition=_EDITION)
        await self.on.counted(self._people, edition=_EDITION)
        await self.on.settled()

    async def _tidied(self) -> None:
        """What PostgreSQL would do about the filling in the midst of the probe."""
        for name in SERVICES:
            async with self.on.connected(name) as connection:
                await connection.execute("VACUUM ANALYZE")
        administrator = await asyncpg.connect(self.on.system.admin_url)
        await administrator.execute("CHECKPOINT")
        await administrator.close()

    async def _measured(self, lines: int) -> dict[str, Any]:
        generated = sign_ups_for(self._all, lines=lines, seed=next(self._seeds))
        self._people += people_in(generated)
        self._held += lines
        before, used = Clock.read(), self._used()
        await self.on.import_sign_ups(generated, edition=_EDITION)
        counted = await self.on.counted(self._people, edition=_EDITION)
        await self.on.settled()
        spent = self._used() - used
        conditions = before.until(Clock.read())
        return {
            "cpu_us_per_message": spent / lines * 1e6,
            "messages_a_second": lines / (counted - before.at),
            "load_average": conditions.load_average,
            "other_cores": conditions.other_cores,
        }

    def _used(self) -> float:
        """Processor time of everything but the harness itself."""
        return cpu_seconds(psutil.Process()) - sum(psutil.Process().cpu_times()[:2])

    def _rss(self, name: str) -> float:
        return psutil.Process(self.on.system.processes.running[name].pid).memory_info().rss / 2**20

    async def _restart(self) -> dict[str, float]:
        begun = time.monotonic()
        await asyncio.gather(*(self.on.system.processes.stop(name) for name in SERVICES))
        stopped = time.monotonic()
        await self.on.start_again(SERVICES)
        return {"stop_seconds": stopped - begun, "start_seconds": time.monotonic() - stopped}

    async def _catch_up(self) -> float:
        """Stats is away while the probe's messages come; from its start until the counters are right."""
        await self.on.stop(["stats"])
        generated = sign_ups_for(self._all, lines=self.probe, seed=next(self._seeds))
        self._people += people_in(generated)
        self._held += self.probe
        await self.on.import_sign_ups(generated, edition=_EDITION)
        await self.on.published()
        begun = time.monotonic()
        await self.on.start_again(["stats"])
        counted = await self.on.counted(self._people, edition=_EDITION)
        await self.on.settled()
        return counted - begun
