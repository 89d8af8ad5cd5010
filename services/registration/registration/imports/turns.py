"""How many imports run at once, and how many may wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.runtime import metrics
from shared.runtime.http.problems import Problem

_RETRY_SECONDS = 60


class Turns:
    """Lets `at_once` imports run and `waiting` more wait, their files unread."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._running = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._most_waiting = waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn. `Problem` (503) where too many wait already."""
        if self._running.locked() and self._waiting >= self._most_waiting:
            metrics.OVERLOADED.labels("imports").inc()
            raise Problem(
                503,
                "Too many imports",
                f"{self._waiting} imports wait for their turn: send the file later.",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        self._waiting += 1
        try:
            await self._running.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._running.release()
