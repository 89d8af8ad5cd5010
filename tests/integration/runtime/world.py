"""One topic, one service's runtime and nothing else, between real PostgreSQL and Kafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from prometheus_client import REGISTRY

from shared.contracts.base import Contract, Count
from shared.contracts.topics import BY_NAME, DEAD_LETTERS, Service, Topic
from shared.runtime.backlog import Backlog
from shared.runtime.consumer import Consumers, Kind, Operation
from shared.runtime.database import Connection, Database
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id
from shared.runtime.relay import Relay

PATIENCE_SECONDS = 60
Headers = list[tuple[str, bytes | None]]
Record = ConsumerRecord[bytes, bytes]


class Figure(Contract):
    """A state with one figure."""

    count: Count


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """Look until there is something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await look()):  # noqa: ASYNC110 - what is awaited is another process's work
            await asyncio.sleep(0.02)
    return found


def total(name: str, **labels: str) -> float:
    """A counter of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0


# Messages


def headers(topic: Topic, key: str, sequence: int = 1, **instead: bytes | None) -> Headers:
    """Those of a good message; `instead` replaces some."""
    good: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_id": str(new_id()).encode(),
        "ce_type": topic.type.encode(),
        "ce_source": b"/registration",
        "ce_subject": key.encode(),
        "ce_time": datetime.now(UTC).isoformat().encode(),
        "ce_sequence": str(sequence).encode(),
    }
    return list((good | instead).items())


def figure(count: int) -> bytes:
    return Figure(count=count).model_dump_json().encode()


@dataclass(frozen=True)
class Broker:
    """Kafka, as tests see it."""

    bootstrap_servers: str
    producer: AIOKafkaProducer

    async def topic(self, *, partitions: int = 1, settings: dict[str, str] | None = None) -> Topic:
        """A topic of its own; messages on it say a `Figure`."""
        topic = Topic(
            name=f"test.figures-{uuid4().hex[:12]}.v1",
            type="semaine.figure.v1",
            model=Figure,
            publisher="registration",
            consumers=(),
            key="figure id",
            partitions=partitions,
            cleanup="delete",
            access="internal",
            description="For one test.",
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(topic.name, partitions, 1, topic_configs=settings or {})])
        finally:
            await admin.close()
        BY_NAME[topic.name] = topic
        return topic

    async def send(self, topic: Topic, key: str, sequence: int, count: int, *, partition: int | None = None) -> None:
        await self.raw(topic, key.encode(), figure(count), headers(topic, key, sequence), partition=partition)

    async def raw(
        self, topic: Topic, key: bytes | None, value: bytes | None, headers_: Headers, *, partition: int | None = None
    ) -> None:
        await self.producer.send_and_wait(topic.name, value, key, partition, headers=headers_)

    async def read(self, name: str, partitions: int = 1) -> list[Record]:
        """All records of a topic, by partition."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            all_ = [TopicPartition(name, number) for number in range(partitions)]
            consumer.assign(all_)
            ends = await consumer.end_offsets(all_)
            found: list[Record] = []
            while any([await consumer.position(each) < ends[each] for each in all_]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
            return found
        finally:
            await consumer.stop()

    async def dead_letters(self, service: Service, topic: Topic) -> list[Record]:
        """What the service laid aside of this topic."""
        return [
            record
            for record in await self.read(DEAD_LETTERS[service].name)
            if ("dead_letter_topic", topic.name.encode()) in record.headers
        ]


# One service's runtime


@dataclass
class Effects:
    """Two tables: the latest figure of each key, and a row for each message. `refuse` and `raise_` name bad keys."""

    name: str = field(default_factory=lambda: f"effects_{uuid4().hex[:12]}")
    refuse: set[str] = field(default_factory=set)
    crash: set[str] = field(default_factory=set)
    calls: list[list[Received[Any]]] = field(default_factory=list)
    before: Callable[[Sequence[Received[Any]]], Awaitable[None]] | None = None

    async def create(self, database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(
                f"CREATE TABLE {self.name}_state (key text PRIMARY KEY, count int, times int NOT NULL DEFAULT 1);"
                f"CREATE TABLE {self.name}_change (id uuid PRIMARY KEY, key text, count int)"
            )

    async def drop(self, database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(f"DROP TABLE {self.name}_state; DROP TABLE {self.name}_change")

    async def record_states(self, connection: Connection, messages: Sequence[Received[Any]]) -> None:
        """For `states`: `times` counts how often each key had an effect."""
        await self._first(messages)
        await connection.executemany(
            f"INSERT INTO {self.name}_state AS state (key, count) VALUES ($1, $2) "
            "ON CONFLICT (key) DO UPDATE SET count = excluded.count, times = state.times + 1",
            [(message.key, message.body.count) for message in messages],
        )

    async def record_changes(self, connection: Connection, messages: Sequence[Received[Any]]) -> None:
        """For `changes`: one row for each message, however often it comes."""
        await self._first(messages)
        await connection.executemany(
            f"INSERT INTO {self.name}_change (id, key, count) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(message.id, message.key, message.body.count) for message in messages],
        )

    async def _first(self, messages: Sequence[Received[Any]]) -> None:
        from shared.runtime.consumer import Refused

        self.calls.append(list(messages))
        if self.before:
            await self.before(messages)
        for message in messages:
            if message.key in self.refuse:
                raise Refused(f"{message.key} is refused, whatever \0 it says")
            if message.key in self.crash:
                raise ZeroDivisionError("a fault of the operation")

    async def states(self, database: Database) -> dict[str, int]:
        async with database.reading() as connection:
            rows = await connection.fetch(f"SELECT key, count FROM {self.name}_state")
        return {row["key"]: row["count"] for row in rows}

    async def times(self, database: Database) -> dict[str, int]:
        async with database.reading() as connection:
            rows = await connection.fetch(f"SELECT key, times FROM {self.name}_state")
        return {row["key"]: row["times"] for row in rows}

    async def changes(self, database: Database) -> list[tuple[str, int]]:
        async with database.reading() as connection:
            rows = await connection.fetch(f"SELECT key, count FROM {self.name}_change")
        return sorted((row["key"], row["count"]) for row in rows)


@dataclass(frozen=True)
class Runtime:
    """A running service that records what it consumes. `relay` publishes its outbox."""

    service: Service
    database: Database
    consumers: Consumers
    relay: Relay
    effects: Effects


@asynccontextmanager
async def opened(dsn: str, *, connections: int = 8) -> AsyncIterator[Database]:
    database = Database(dsn=dsn, connections=connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def relaying(database: Database, bootstrap_servers: str, service: Service) -> AsyncIterator[Relay]:
    """A relay at work."""
    relay = Relay(database=database, bootstrap_servers=bootstrap_servers, source=f"/{service}", batch=2000)
    database.committed = relay.wake
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def consuming(
    database: Database,
    bootstrap_servers: str,
    *,
    service: Service,
    topic: Topic,
    kind: Kind,
    operation: Operation,
    batch: int = 100,
    backlog: Backlog | None = None,
) -> AsyncIterator[Consumers]:
    """A member of the service's consumer group for one topic."""
    consumers = Consumers(
        service=service,
        bootstrap_servers=bootstrap_servers,
        database=database,
        batch=batch,
        retry_pause=0.02,
        backlog=backlog,
    )
    getattr(consumers, kind)(topic, operation)
    await consumers.start()
    try:
        yield consumers
    finally:
        await consumers.stop()


@asynccontextmanager
async def running(
    system: Any, *, topic: Topic, kind: Kind, service: Service = "stats", effects: Effects | None = None
) -> AsyncIterator[Runtime]:
    """Relay and consumer of one service, on one topic."""
    effects = effects or Effects()
    async with (
        opened(system.database_url(service)) as database,
        relaying(database, system.bootstrap_servers, service) as relay,
    ):
        await effects.create(database)
        operation = effects.record_states if kind == "states" else effects.record_changes
        try:
            async with consuming(
                database, system.bootstrap_servers, service=service, topic=topic, kind=kind, operation=operation
            ) as consumers:
                yield Runtime(service, database, consumers, relay, effects)
        finally:
            await effects.drop(database)
