"""
The relay: publishes the outbox to Kafka in order, at least once, by one process at a time.

It reads what is unpublished in id order, sends it, and deletes what Kafka has confirmed; the next batch is read while
the last is being confirmed. There is no cursor: a lower id that commits late is simply read by the next pass. Two
messages of one key keep their order, because whoever writes an aggregate holds its row until the commit.
"""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.partitioner import DefaultPartitioner

from shared.contracts.topics import BY_NAME, MAX_DEAD_LETTER_BYTES
from shared.runtime import metrics, outbox
from shared.runtime.database import Database, is_transient

_LOCK = 7_261_450_221
"""Key of the advisory lock; locks are per database, so every service has its own."""
_CHANNEL = "outbox"
_IN_FLIGHT_BATCHES = 2
_STANDBY_SECONDS = 0.5
_IDLE_SECONDS = 1.0
_STOP_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_BATCH_BYTES = 512 * 1024

_READ = """
SELECT id, topic, key, message_id, sequence, time, traceparent, value, headers FROM outbox
WHERE id <> ALL($1::bigint[]) ORDER BY id LIMIT $2
"""
_DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    ids: list[int]
    confirmations: list[asyncio.Future[Any]]
    topics: list[tuple[str, int]]


class Relay:
    """Publishes one service's outbox. `wake` tells it that a transaction has committed."""

    def __init__(self, *, database: Database, bootstrap_servers: str, source: str, batch: int) -> None:
        self._database = database
        self._bootstrap_servers = bootstrap_servers
        self._source = source.encode()
        self._batch = batch
        self._awake = asyncio.Event()
        self._pause = _FIRST_PAUSE_SECONDS
        self.active = False

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """
        Lead or stand by until cancelled; whatever goes wrong, try again.

        A fault of the program is tried again too: the outbox keeps what is not published, and its age tells.
        """
        while True:
            try:
                await self._hold_connection()
            except Exception as error:
                expected = is_transient(error) or isinstance(error, KafkaError)
                log.warning(
                    "relay interrupted", error=repr(error), again_in=self._pause, exc_info=None if expected else error
                )
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _hold_connection(self) -> None:
        plans = {"plan_cache_mode": "force_custom_plan"}  # only a known array is hashed
        async with self._database.own_session("relay", **plans) as connection:
            try:
                while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    await self._stand_by(connection)
                await self._lead(connection)
            finally:
                self.active = False
                metrics.RELAY_ACTIVE.set(0)

    async def _stand_by(self, connection: asyncpg.Connection) -> None:
        """Another process leads: pass on what woke this one."""
        if await self._woken(_STANDBY_SECONDS):
            await connection.execute(f"NOTIFY {_CHANNEL}")
            await asyncio.sleep(0.01)  # one notice for all that commits meanwhile

    async def _woken(self, seconds: float) -> bool:
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the event: a relay without end.
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            return False
        self._awake.clear()
        return True

    async def _lead(self, connection: asyncpg.Connection) -> None:
        await connection.add_listener(_CHANNEL, lambda *_: self.wake())
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id=f"relay{self._source.decode().replace('/', '-')}",
            acks="all",
            compression_type="lz4",
            max_batch_size=_BATCH_BYTES,
            max_request_size=MAX_DEAD_LETTER_BYTES + _BATCH_BYTES,
            request_timeout_ms=10_000,
        )
        try:
            await producer.start()
            self.active = True
            self._pause = _FIRST_PAUSE_SECONDS
            metrics.RELAY_ACTIVE.set(1)
            log.info("relay leads")
            await self._pump(connection, producer)
        finally:
            self.active = False
            await _stop(producer)

    async def _pump(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> None:
        in_flight: deque[_Batch] = deque()
        while True:
            self._awake.clear()
            excluded = [id_ for batch in in_flight for id_ in batch.ids]
            rows = await connection.fetch(_READ, excluded, self._batch)
            if rows:
                in_flight.append(await self._send(producer, rows))
            elif not in_flight:
                await self._woken(_IDLE_SECONDS)
            if in_flight and (not rows or len(in_flight) == _IN_FLIGHT_BATCHES):
                await self._confirm(connection, in_flight[0])
                in_flight.popleft()

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> _Batch:
        by_partition: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        by_key: dict[tuple[str, str], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_key[row["topic"], row["key"]].append(row)
        for (topic, key), group in by_key.items():
            by_partition[topic, _partition_of(key, of=len(await producer.partitions_for(topic)))] += group
        confirmations: list[asyncio.Future[Any]] = []
        for (topic, partition), group in by_partition.items():
            builder = producer.create_batch()
            for row in group:
                record = {
                    "key": row["key"].encode(),
                    "value": row["value"],
                    "timestamp": int(row["time"].timestamp() * 1000),
                    "headers": self._headers(row),
                }
                if builder.append(**record) is None:  # full
                    confirmations.append(_watched(await producer.send_batch(builder, topic, partition=partition)))
                    builder = producer.create_batch()
                    builder.append(**record)
            confirmations.append(_watched(await producer.send_batch(builder, topic, partition=partition)))
        counts = [(topic, len(group)) for (topic, _), group in by_partition.items()]
        return _Batch(ids=[row["id"] for row in rows], confirmations=confirmations, topics=counts)

    async def _confirm(self, connection: asyncpg.Connection, batch: _Batch) -> None:
        await asyncio.gather(*batch.confirmations)
        await connection.execute(_DELETE, batch.ids)
        for topic, count in batch.topics:
            metrics.PUBLISHED.labels(topic).inc(count)

    def _headers(self, row: asyncpg.Record) -> list[tuple[str, bytes | None]]:
        if row["headers"] is not None:
            return [outbox.unpacked(name, value) for name, value in row["headers"]]
        time: datetime = row["time"]
        headers: list[tuple[str, bytes | None]] = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(row["message_id"]).encode()),
            ("ce_type", BY_NAME[row["topic"]].type.encode()),
            ("ce_source", self._source),
            ("ce_subject", row["key"].encode()),
            ("ce_time", time.isoformat().encode()),
            ("ce_sequence", b"%d" % row["sequence"]),
            ("content-type", b"application/json"),
        ]
        if row["traceparent"]:
            headers.append(("traceparent", row["traceparent"].encode()))
        return headers


@lru_cache(maxsize=65_536)
def _partition_of(key: str, *, of: int) -> int:
    """As Kafka's own clients choose. Their hash is written in Python, and a guest list is told of again and again."""
    partitions = list(range(of))
    chosen: int = DefaultPartitioner()(key.encode(), partitions, partitions)
    return chosen


def _watched(confirmation: asyncio.Future[Any]) -> asyncio.Future[Any]:
    """Its error counts as seen: after the first of a batch nobody asks for the others."""
    confirmation.add_done_callback(lambda done: done.cancelled() or done.exception())
    return confirmation


async def _stop(producer: AIOKafkaProducer) -> None:
    """Close without waiting long for a broker that may be away: what it did not confirm is still in the outbox."""
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await producer.stop()
    except (TimeoutError, KafkaError):
        log.warning("relay left its producer before all was confirmed")
        # A producer cut off while it flushes goes on for ever, and would send its old batches after newer ones.
        producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
        with contextlib.suppress(KafkaError):
            await producer._sender.close()  # noqa: SLF001
        with contextlib.suppress(KafkaError):
            await producer.client.close()
