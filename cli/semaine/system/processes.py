"""The processes of one system: started, measured, restarted when they die, stopped in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from semaine.system import memory
from semaine.system.process import Layer, Process, Program, StartError, last_lines

_LOOK_SECONDS = 0.5
_SAMPLE_SECONDS = 1.0
_FIRST_BACKOFF_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 30.0
_STEADY_SECONDS = 60.0
"""After this long a process counts as well again, and its backoff begins anew."""


class Processes:
    """Named processes. `changed` is called whenever one has started or ended, `tell` with lines for the user."""

    def __init__(
        self, *, changed: Callable[[], None] = lambda: None, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.running: dict[str, Process] = {}
        self.changed = changed
        self.tell = tell
        self._programs: dict[str, Program] = {}
        self._ending: set[str] = set()
        self._peaks: dict[str, int] = {}
        self._sampler: asyncio.Task[None] | None = None

    async def start(self, program: Program) -> None:
        """Start it and wait until it answers. Raises `StartError`; the process is gone then."""
        process = await self.launch(program)
        try:
            await process.wait_ready(tell=self.tell)
        except BaseException:
            await self.kill(program.name)
            raise

    async def launch(self, program: Program) -> Process:
        """Start it without waiting for it."""
        self._programs[program.name] = program
        self._sampler = self._sampler or asyncio.create_task(self._sample())
        self._ending.discard(program.name)
        process = await Process.start(program)
        self.running[program.name] = process
        self.changed()
        return process

    async def stop(self, name: str) -> None:
        """Ask it to end, and wait for that."""
        await self._end(name, Process.stop)

    async def kill(self, name: str) -> None:
        """End it without asking (SIGKILL)."""
        await self._end(name, Process.kill)

    async def start_again(self, name: str) -> None:
        """Start a stopped, killed or dead process as it was."""
        await self.start(self._programs[name])

    async def stop_all(self, *, ask: bool = True) -> None:
        """End all, upper layers first. `ask=False` kills them, for a system that nobody will miss."""
        if self._sampler:
            self._sampler.cancel()
            self._sampler = None
        for layer in reversed(Layer):
            names = [name for name, process in self.running.items() if process.program.layer == layer]
            await together(*(self.stop(name) if ask else self.kill(name) for name in names))

    def died(self) -> list[str]:
        """The names of those that have ended without being asked to."""
        return [
            name
            for name, process in self.running.items()
            if process.returncode is not None and name not in self._ending
        ]

    async def watch(self) -> None:
        """Until cancelled: restart what dies, later each time it dies again, and say so."""
        reviving: dict[str, asyncio.Task[None]] = {}
        backoff = _Backoff()
        try:
            while True:
                for name in self.died():
                    if name not in reviving or reviving[name].done():
                        reviving[name] = asyncio.create_task(self._revive(name, backoff))
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            for task in reviving.values():
                task.cancel()
            await asyncio.gather(*reviving.values(), return_exceptions=True)

    def peak_rss_mb(self) -> dict[str, float]:
        """
        Megabytes by name: the highest resident memory so far of any single process under that name.

        PostgreSQL is many processes that share memory: its figure is its largest one's, shared buffers included.
        """
        self._measure(self.running)
        return {name: round(peak / memory.MEGABYTE, 1) for name, peak in self._peaks.items()}

    async def _revive(self, name: str, backoff: "_Backoff") -> None:
        process = self.running[name]
        self.tell(f"{name} has ended with {process.returncode}.\n{last_lines(process.program.log)}")
        while True:
            delay = backoff.next(name)
            self.tell(f"Restarting {name} in {delay:.0f} s")
            await asyncio.sleep(delay)
            try:
                await self.start_again(name)
            except StartError as error:
                self.tell(str(error))
            else:
                self.tell(f"{name} is back")
                return

    async def _end(self, name: str, how: Callable[[Process], Awaitable[None]]) -> None:
        process = self.running.get(name)
        if process is None:
            return
        self._ending.add(name)
        self._measure([name])
        await how(process)
        self.running.pop(name, None)
        self.changed()

    async def _sample(self) -> None:
        while True:
            self._measure(self.running)
            await asyncio.sleep(_SAMPLE_SECONDS)

    def _measure(self, names: Iterable[str]) -> None:
        for name in names:
            self._peaks[name] = max(self._peaks.get(name, 0), self.running[name].peak_rss())


class _Backoff:
    """How long to wait before each restart."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}

    def next(self, name: str) -> float:
        """Seconds; doubles while restarts follow each other closely."""
        now = time.monotonic()
        delay, at = self._last.get(name, (0.0, now))
        steady = now - at > delay + _STEADY_SECONDS
        delay = _FIRST_BACKOFF_SECONDS if steady or not delay else min(2 * delay, _LONGEST_BACKOFF_SECONDS)
        self._last[name] = (delay, now)
        return delay


async def together(*steps: Coroutine[Any, Any, None]) -> None:
    """Run all at once. The first failure cancels the others, and is raised when they have ended."""
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
