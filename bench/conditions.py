"""What else the machine was doing while something was measured."""

import os
import time
from dataclasses import dataclass
from typing import Self

import psutil

QUIET_CORES = 0.3
"""Others that use more than this disturb a measurement on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Of one measurement. Cores: 1.0 is one core busy all the time."""

    seconds: float
    load_average: float
    """Of the last minute, when it began; what was measured before counts in it."""
    own_cores: float
    """Used by the harness and all that it started."""
    other_cores: float
    """Used by everybody else: what disturbs."""
    stolen_cores: float
    """Taken by the host of this virtual machine."""

    @property
    def quiet(self) -> bool:
        return self.other_cores <= QUIET_CORES


@dataclass(frozen=True, slots=True)
class Clock:
    """Processor time by now, in seconds."""

    at: float
    load_average: float
    busy: float
    own: float
    stolen: float

    @classmethod
    def read(cls) -> Self:
        times = psutil.cpu_times()
        stolen = getattr(times, "steal", 0.0)
        idle = times.idle + getattr(times, "iowait", 0.0)
        busy = sum(times) - idle - stolen - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        return cls(time.monotonic(), os.getloadavg()[0], busy, cpu_seconds(psutil.Process()), stolen)

    def until(self, later: "Clock") -> Conditions:
        """What happened between the two."""
        seconds = max(later.at - self.at, 1e-9)
        own = later.own - self.own
        return Conditions(
            seconds=round(seconds, 2),
            load_average=round(self.load_average, 2),
            own_cores=round(own / seconds, 2),
            other_cores=round(max(later.busy - self.busy - own, 0) / seconds, 2),
            stolen_cores=round((later.stolen - self.stolen) / seconds, 2),
        )


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time of a process, its descendants, and those of them that have ended."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += sum(times[:4])  # user, system, and the same of children that have ended
    return total
