"""One child process: started, waited for until it answers, watched, stopped."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import psutil

from semaine.failure import Failure
from semaine.system import memory

_POLL_SECONDS = 0.05
_TELL_SECONDS = 10
_LAST_LINES = 15
_LAST_BYTES = 20_000


class StartError(Failure):
    """A process did not come up; says why and shows the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user that a process runs as."""

    uid: int
    gid: int
    name: str


class Layer(IntEnum):
    """What uses what: all of a layer end before those below it."""

    SERVER = 0
    SERVICE = 1
    GATEWAY = 2


@dataclass(frozen=True, kw_only=True)
class Program:
    """How to run a process, and how to tell that it is ready."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    log: Path
    missing: Callable[[], Awaitable[str | None]]
    """What keeps it from being ready, None when it is; asked again and again until `patience` (seconds) is over."""
    patience: float = 120
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment of the process."""
    account: Account | None = None
    layer: Layer = Layer.SERVER
    forks: bool = False
    """Whether it works through processes of its own."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_patience: float = 20
    """Seconds between the stop signal and SIGKILL."""


class Process:
    """A running program. Create with `Process.start`."""

    def __init__(self, program: Program, child: asyncio.subprocess.Process) -> None:
        self.program = program
        self.pid = child.pid
        self.started = _start_time(child.pid)
        self._child = child

    @classmethod
    async def start(cls, program: Program) -> "Process":
        """Start it in a process group of its own, so that Ctrl-C in the terminal reaches its parent alone."""
        account = program.account
        with program.log.open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *program.command,
                cwd=program.folder,
                env=dict(program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        return cls(program, child)

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._child.returncode

    def peak_rss(self) -> int:
        """Bytes; see `semaine.system.memory`."""
        return memory.peak(self.pid, family=self.program.forks)

    async def wait(self) -> int:
        """Until it ends; its exit code, negative for a signal."""
        return await self._child.wait()

    async def wait_ready(self, *, tell: Callable[[str], None]) -> None:
        """Until it is ready; tells what it waits for. Raises `StartError` if it ends or its patience is over."""
        begun = told = time.monotonic()
        while missing := await self.program.missing():
            now = time.monotonic()
            if self.returncode is not None:
                raise StartError(self._failure(f"ended with {self.returncode} while starting"))
            if now - begun > self.program.patience:
                raise StartError(self._failure(f"was not ready after {now - begun:.0f} s: {missing}"))
            if now - told > _TELL_SECONDS:
                tell(f"Still waiting for {self.program.name}: {missing}")
                told = now
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self) -> None:
        """Ask it to end, then make it end."""
        if self.returncode is not None:
            return
        self.send(self.program.stop_signal)
        try:
            async with asyncio.timeout(self.program.stop_patience):
                await self.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it and its own children at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await self.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(number)

    def _failure(self, what: str) -> str:
        return f"{self.program.name} {what}.\n{last_lines(self.program.log)}"


def last_lines(log: Path) -> str:
    """The end of a log file, with its name."""
    try:
        lines = log.read_bytes()[-_LAST_BYTES:].decode(errors="replace").strip().splitlines()[-_LAST_LINES:]
    except OSError:
        lines = []
    return "\n".join([f"The last lines of {log}:", *(f"  {line}" for line in lines or ["(nothing)"])])


def _start_time(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


async def run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    account: Account | None = None,
) -> str:
    """Run a command to its end; what it printed. Raises `StartError` if it fails or takes longer than `seconds`."""
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    name = Path(command[0]).name
    try:
        async with asyncio.timeout(seconds):
            output = (await child.communicate())[0].decode(errors="replace")
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
        if isinstance(error, TimeoutError):
            raise StartError(f"{name} did not end within {seconds:.0f} s") from None
        raise
    if child.returncode:
        raise StartError(f"{name} ended with {child.returncode}:\n{output.strip()}")
    return output
