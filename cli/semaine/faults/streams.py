"""Topics read back from their beginnings, and the broker's clock on their records."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from semaine.system.topics import administrator, wanted
from shared.contracts.topics import DEAD_LETTERS, TOPICS, Topic

_APPENDED = 1
"""Kafka's timestamp type of a record that the broker has dated itself."""
_NOT_COMPARED = frozenset({"traceparent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One record of a topic. Several may carry one message."""

    topic: str
    partition: int
    offset: int
    key: str
    id: str
    sequence: int
    time: datetime
    """When the change was made, by its service's clock."""
    appended: datetime | None
    """When the broker took it; None where the topic keeps the publisher's time."""
    headers: tuple[tuple[str, bytes], ...]
    body: bytes | None

    @property
    def content(self) -> tuple[object, ...]:
        """What must be the same whenever the message appears."""
        return self.id, self.sequence, self.key, self.headers, self.body


async def stamp_arrivals(*, bootstrap_servers: str) -> None:
    """Let the broker date each record when it takes it, so that a repetition can be told from its first appearance."""
    async with administrator(bootstrap_servers) as admin:
        resources = [
            ConfigResource(
                ConfigResourceType.TOPIC,
                topic.name,
                configs={**topic.settings, "message.timestamp.type": "LogAppendTime"},
            )
            for topic in wanted()
        ]
        await admin.alter_configs(resources)


async def read_back(*, bootstrap_servers: str) -> list[Appearance]:
    """Every record of every topic but the dead letters', each partition in its order."""
    partitions = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]
    return [appearance(record) async for record in _records(bootstrap_servers, partitions)]


async def dead_letters(*, bootstrap_servers: str) -> dict[str, list[str]]:
    """Ids of the letters on each dead-letter topic that has some."""
    partitions = [TopicPartition(topic.name, 0) for topic in DEAD_LETTERS.values()]
    found: dict[str, list[str]] = defaultdict(list)
    async for record in _records(bootstrap_servers, partitions):
        found[record.topic].append((record.key or b"").decode())
    return found


def appearance(record: ConsumerRecord[bytes, bytes]) -> Appearance:
    """A record as the judges see it."""
    headers: Mapping[str, bytes] = dict(record.headers)
    appended = datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp_type == _APPENDED else None
    return Appearance(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode(),
        id=headers["ce_id"].decode(),
        sequence=int(headers["ce_sequence"]),
        time=datetime.fromisoformat(headers["ce_time"].decode()),
        appended=appended,
        headers=tuple((name, value) for name, value in record.headers if name not in _NOT_COMPARED),
        body=record.value,
    )


def by_key(appearances: Iterable[Appearance]) -> dict[tuple[str, str], list[Appearance]]:
    """Appearances by topic and key, in the order in which a reader sees them."""
    found: dict[tuple[str, str], list[Appearance]] = defaultdict(list)
    for each in sorted(appearances, key=lambda one: (one.topic, one.partition, one.offset)):
        found[each.topic, each.key].append(each)
    return found


def bodies(appearances: Iterable[Appearance], topic: Topic) -> Iterator[dict[str, Any]]:
    """What a topic told: each message's body once, however often it appears."""
    seen: set[tuple[str, int]] = set()
    for each in appearances:
        if each.topic == topic.name and each.body is not None and (each.key, each.sequence) not in seen:
            seen.add((each.key, each.sequence))
            yield orjson.loads(each.body)


async def _records(
    bootstrap_servers: str, partitions: Sequence[TopicPartition]
) -> AsyncIterator[ConsumerRecord[bytes, bytes]]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign(list(partitions))
        ends = await consumer.end_offsets(list(partitions))
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()
