"""Whether a service is alive and ready, and the gauges that say how far behind it is."""

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.runtime import metrics
from shared.runtime.backlog import Backlog
from shared.runtime.consumer import Consumers
from shared.runtime.database import Database

# Counted by ids, so that a long outbox takes no longer to look at than a short one: rows are added and deleted in their
# order, and only a transaction that was rolled back leaves numbers out.
_OUTBOX = """
SELECT (SELECT max(id) FROM outbox) - id + 1 AS size, extract(epoch FROM now() - created_at)::float8 AS age
FROM outbox ORDER BY id LIMIT 1
"""
_EVERY_SECONDS = 1.0
_PATIENCE_SECONDS = 3.0

log = structlog.get_logger(__name__)


@dataclass
class Health:
    """Looks once a second; answers from what it saw last. Recovers by itself."""

    database: Database
    consumers: Consumers
    bootstrap_servers: str
    stuck_after: float
    lag_limit: int
    backlog: Backlog
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _found: list[str] = field(default_factory=lambda: ["starting"])
    _seen_at: float = field(default_factory=time.monotonic)

    def dead(self) -> list[str]:
        """What only a restart can mend."""
        return [f"{task.get_name()} has ended" for task in self.tasks if task.done()]

    async def not_ready(self) -> list[str]:
        """What keeps the service from doing its work now."""
        if time.monotonic() - self._seen_at > _EVERY_SECONDS + 3 * _PATIENCE_SECONDS:
            return [*self.dead(), "the health check itself does not come through"]
        return self.dead() + self._found

    async def run(self) -> None:
        """Look once a second until cancelled."""
        while True:
            self._found = [
                *await self._look_at_database(),
                *await self._look_at_broker(),
                *self.consumers.problems(stuck_after=self.stuck_after, lag_limit=self.lag_limit),
            ]
            self._seen_at = time.monotonic()
            await asyncio.sleep(_EVERY_SECONDS)

    async def _look_at_database(self) -> list[str]:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self.database.reading() as connection:
                row = await connection.fetchrow(_OUTBOX)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            return [f"the database does not answer: {error!r}"]
        size, age = row or (0, 0.0)
        self.backlog.size = size
        metrics.OUTBOX_SIZE.set(size)
        metrics.OUTBOX_AGE.set(age)
        if self.backlog.full:
            return [f"the outbox is full: {size} messages, at most {self.backlog.limit} may wait"]
        if age > self.stuck_after + _AGE_OF_A_BACKLOG * size:
            return [f"the outbox is ageing: {size} messages, the oldest {age:.0f} s"]
        return []

    async def _look_at_broker(self) -> list[str]:
        # A client of its own: the others keep trying in silence while the broker is away.
        client = AIOKafkaClient(
            bootstrap_servers=self.bootstrap_servers, request_timeout_ms=int(_PATIENCE_SECONDS * 1000)
        )
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await client.bootstrap()
        except (TimeoutError, KafkaError, OSError) as error:
            return [f"the broker does not answer: {error!r}"]
        finally:
            await client.close()
        return []


_AGE_OF_A_BACKLOG = 0.001
"""Seconds a backlog may add per message: a large import is not a fault."""
