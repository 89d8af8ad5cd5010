"""
The rebuild: replay into shadows, then, with the live rows locked, catch up, compare and replace.

The ends of the topics are read under the lock, so whatever the service has handled is in the shadows. What comes
later it handles itself; and what it handles again changes nothing, since rows keep the sequence that they are at.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from shared.contracts.topics import EDITIONS, EVENTS, PARTICIPATIONS
from shared.runtime.consumer import Operation
from shared.runtime.database import Connection, is_transient, prepare
from stats import operations
from stats.rebuild import store
from stats.rebuild.replay import Batch, Replay, replaying
from stats.rebuild.store import Difference

_LOCKED_SECONDS = 45
"""The service's statements wait a minute for the lock before they are tried again."""

_OPERATIONS: Mapping[str, Operation] = {
    EDITIONS.name: operations.record_editions,
    EVENTS.name: operations.record_events,
    PARTICIPATIONS.name: operations.record_guest_lists,
}


@dataclass(kw_only=True)
class Report:
    """What was read, what came of it, and how the live rows differed. Times in seconds."""

    records: int = 0
    unreadable: int = 0
    refused: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    """Rows whose last message the service had not handled yet: not a fault."""
    differences: list[Difference] = field(default_factory=list)
    locked_seconds: float = 0
    seconds: float = 0


async def rebuild(*, database_dsn: str, bootstrap_servers: str) -> Report:
    """
    Replace the live rows by what the topics say.

    Raises `TopicsMissingError`, `KafkaError` or `PostgresError`; nothing is changed then.
    """
    report = Report()
    begun = time.monotonic()
    async with (
        replaying(bootstrap_servers=bootstrap_servers, topics=store.TOPICS, service="stats") as replay,
        _session(database_dsn) as connection,
    ):
        await store.create_shadows(connection)
        await _catch_up(connection, replay, report)
        async with asyncio.timeout(_LOCKED_SECONDS), connection.transaction():
            await store.lock_live(connection)
            locked = time.monotonic()
            await _catch_up(connection, replay, report)
            report.rows = await store.count_rows(connection)
            report.differences, report.pending = await store.differences(connection)
            await store.replace_live(connection)
        report.locked_seconds = time.monotonic() - locked
    report.seconds = time.monotonic() - begun
    return report


async def _catch_up(connection: Connection, replay: Replay, report: Report) -> None:
    async for batch in replay.to_the_end():
        report.records += batch.records
        report.unreadable += batch.unreadable
        report.refused += await _apply(connection, batch)


async def _apply(connection: Connection, batch: Batch) -> int:
    """Apply a batch as the consumers do; answers how many messages the operation has refused."""
    operation = _OPERATIONS[batch.topic.name]
    try:
        async with connection.transaction():
            await operation(connection, batch.messages)
    except Exception as error:
        if is_transient(error):
            raise
    else:
        return 0
    refused = 0
    for message in batch.messages:
        try:
            async with connection.transaction():
                await operation(connection, [message])
        except Exception as error:
            if is_transient(error):
                raise
            refused += 1
    return refused


@asynccontextmanager
async def _session(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(
        dsn, timeout=10, server_settings={"application_name": "semaine rebuild", "jit": "off"}
    )
    try:
        await prepare(connection)
        yield connection
    finally:
        await connection.close()
