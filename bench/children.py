"""
Child processes of the harness: peers and load generators.

They speak in lines on standard output: `ready` when they can begin, and a last line of JSON with what they found.
A line on standard input tells them to go on.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OURS = Path(sys.executable)
PEERS = ROOT / ".venv-bench/peers/bin/python"
QUIX = ROOT / ".venv-bench/quix/bin/python"
_READY_SECONDS = 60
_STOP_SECONDS = 10
_LONGEST_LINE = 64 * 1024 * 1024


class ChildError(Exception):
    """A child process did not do its work; its standard error has said why."""


class Child:
    """A running child. Made by `child`."""

    def __init__(self, module: str, process: asyncio.subprocess.Process) -> None:
        self.module = module
        self._process = process
        self.pid = process.pid

    async def ready(self) -> None:
        """Until it can begin. Raises `ChildError`."""
        async with asyncio.timeout(_READY_SECONDS):
            while (line := await self._line()) != "ready":
                if not line:
                    raise ChildError(f"{self.module} ended before it was ready")

    def go_on(self) -> None:
        """Tell it to begin, or to come to an end: whichever it waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go on\n")

    async def found(self, *, seconds: float = 600) -> dict[str, Any]:
        """What it found, once it has. Raises `ChildError`."""
        last = ""
        async with asyncio.timeout(seconds):
            while line := await self._line():
                last = line
        if await self._process.wait() or not last.startswith("{"):
            raise ChildError(f"{self.module} ended with {self._process.returncode}: {last[:500]}")
        found: dict[str, Any] = json.loads(last)
        return found

    async def _line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def child(module: str, *arguments: object, python: Path = OURS) -> AsyncIterator[Child]:
    """Run `python -m module arguments`; it is stopped at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        python,
        "-m",
        module,
        *map(str, arguments),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        yield Child(module, process)
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def run(module: str, *arguments: object, python: Path = OURS, seconds: float = 600) -> dict[str, Any]:
    """Run a child to its end; what it found. Raises `ChildError`."""
    async with child(module, *arguments, python=python) as running:
        await running.ready()
        running.go_on()
        return await running.found(seconds=seconds)


def needed(interpreters: Iterable[Path]) -> None:
    """Raise `ChildError` if the environments of these peers are not installed."""
    missing = [path for path in interpreters if not path.exists()]
    if missing:
        raise ChildError(f"the peers are not installed ({missing[0]}): run `make bench`, which installs them")
