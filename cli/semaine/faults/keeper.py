"""Keeps processes running as a platform for containers does: what ends is started again, what is held down stays."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from semaine.system.process import Process, Program
from semaine.system.processes import Processes

_LOOK_SECONDS = 0.2
_FIRST_BACKOFF_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 4.0
_STEADY_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A process that ended without being told to: a server that was away too long, or a fault of the program."""

    name: str
    at: datetime
    returncode: int


class Keeper:
    """Programs by name. Those wanted run; what became of them otherwise is in `deaths`."""

    def __init__(self, processes: Processes, programs: Iterable[Program]) -> None:
        self._processes = processes
        self._programs = {program.name: program for program in programs}
        self._wanted: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._backoff: dict[str, float] = {}
        self._changing = asyncio.Lock()
        self.deaths: list[Death] = []

    async def start(self, name: str, program: Program | None = None) -> None:
        """Want it to run, as it always did or by another program from now on."""
        if program:
            self._programs[name] = program
        self._wanted.add(name)
        async with self._changing:
            await self._ensure(name)

    async def kill(self, name: str) -> None:
        """SIGKILL, and hold it down."""
        self._wanted.discard(name)
        async with self._changing:
            await self._processes.kill(name)

    async def stop(self, name: str) -> None:
        """Ask it to end (SIGTERM), and hold it down."""
        self._wanted.discard(name)
        await self._processes.stop(name)

    def program(self, name: str) -> Program:
        return self._programs[name]

    def pause(self, name: str) -> list[psutil.Process]:
        """SIGSTOP to it and its children, itself first so that there are no more; answers those stopped."""
        return [process for process in self.family(name) if _signalled(process, signal.SIGSTOP)]

    @staticmethod
    def resume(stopped: Iterable[psutil.Process]) -> None:
        """SIGCONT to what `pause` has stopped, as far as it still is the same process."""
        for process in stopped:
            _signalled(process, signal.SIGCONT)

    def family(self, name: str) -> list[psutil.Process]:
        """It and its descendants; empty if it does not run."""
        process = self._processes.running.get(name)
        try:
            parent = psutil.Process(process.pid) if process else None
            return [parent, *parent.children(recursive=True)] if parent else []
        except psutil.Error:
            return []

    async def run(self) -> None:
        """Until cancelled: start what is wanted and does not run, later each time it ends again."""
        while True:
            for name in sorted(self._wanted):
                async with self._changing:
                    await self._ensure(name)
            await asyncio.sleep(_LOOK_SECONDS)

    async def missing(self) -> dict[str, str]:
        """What keeps each from being ready; empty when all is well."""
        names = sorted(self._wanted)
        answers = await asyncio.gather(*(self._programs[name].missing() for name in names))
        return {name: answer for name, answer in zip(names, answers, strict=True) if answer}

    async def _ensure(self, name: str) -> None:
        process = self._processes.running.get(name)
        if name not in self._wanted or (process and process.returncode is None):
            return
        if process and process.returncode is not None:
            self._mourn(name, process)
            await self._processes.kill(name)  # what it may have left
        if time.monotonic() >= self._not_before.get(name, 0):
            await self._processes.launch(self._programs[name])

    def _mourn(self, name: str, process: Process) -> None:
        assert process.returncode is not None
        self.deaths.append(Death(name=name, at=datetime.now(UTC), returncode=process.returncode))
        now = time.monotonic()
        again = now - self._not_before.get(name, 0.0) < _STEADY_SECONDS
        delay = min(self._backoff.get(name, 0.0) * 2, _LONGEST_BACKOFF_SECONDS) if again else 0.0
        self._backoff[name] = delay or _FIRST_BACKOFF_SECONDS
        self._not_before[name] = now + self._backoff[name]


def _signalled(process: psutil.Process, number: signal.Signals) -> bool:
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)
        return True
    return False
