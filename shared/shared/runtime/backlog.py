"""How much waits in the outbox, and the most that may: what keeps a broker's absence from filling the disk."""

import asyncio
import time

from shared.runtime import metrics
from shared.runtime.http.problems import Problem

RETRY_SECONDS = 30
STANDSTILL_SECONDS = 10.0
"""How long an import waits for an outbox that does not get any smaller."""
_LOOK_SECONDS = 0.1


class Backlog:
    """The outbox's size as `Health` saw it last, at most a second or two ago: no request counts it."""

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        self.size = 0

    @property
    def full(self) -> bool:
        return self.size >= self.limit

    def check(self) -> None:
        """Refuse a change while too much waits: `Problem` (503) with the time to come back."""
        if self.full:
            metrics.OVERLOADED.labels("outbox").inc()
            raise Problem(
                503,
                "Too much waits to be published",
                f"{self.size} messages wait, at most {self.limit} may: nothing was changed, send it again later.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )

    async def room(self) -> None:
        """Wait while too much waits and gets less, which slows an import down; as `check` when it does not."""
        least, until = self.size, time.monotonic() + STANDSTILL_SECONDS
        while self.full:
            if self.size < least:
                least, until = self.size, time.monotonic() + STANDSTILL_SECONDS
            elif time.monotonic() > until:
                self.check()
            await asyncio.sleep(_LOOK_SECONDS)
