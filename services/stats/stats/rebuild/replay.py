"""Reads topics from their beginning to their end, outside any consumer group."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import BY_NAME, Service, Topic
from shared.runtime.dead_letters import REPLAY_FOR
from shared.runtime.decoding import Envelope, Received, Unreadable, open_envelope, read_body

_BATCH = 20_000
_POLL_MILLISECONDS = 500
Record: TypeAlias = ConsumerRecord[bytes, bytes]


class TopicsMissingError(Exception):
    """The broker lacks topics: a rebuild from it would throw away what they told."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records of one topic: the last readable message of each key, and how many records there were."""

    topic: Topic
    records: int
    messages: list[Received[Any]]
    unreadable: int


class Replay:
    """A place in each partition, at the beginning at first."""

    def __init__(self, consumer: AIOKafkaConsumer, service: Service) -> None:
        self._consumer = consumer
        self._service = service

    async def to_the_end(self) -> AsyncIterator[Batch]:
        """All that comes before the ends as they are now."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while behind := [place for place, end in ends.items() if await self._consumer.position(place) < end]:
            fetched = await self._consumer.getmany(*behind, timeout_ms=_POLL_MILLISECONDS, max_records=_BATCH)
            by_topic: dict[str, list[Record]] = {}
            for place, records in fetched.items():
                by_topic.setdefault(place.topic, []).extend(records)
            for name, records in by_topic.items():
                yield self._read(BY_NAME[name], records)

    def _read(self, topic: Topic, records: Sequence[Record]) -> Batch:
        by_key: dict[str, list[Envelope]] = {}
        unreadable = 0
        for record in records:
            if not self._is_ours(record):
                continue
            envelope = open_envelope(record, topic=topic)
            if isinstance(envelope, Unreadable):
                unreadable += 1
            else:
                by_key.setdefault(envelope.key, []).append(envelope)
        messages = []
        for group in by_key.values():
            for envelope in sorted(group, key=lambda one: one.sequence, reverse=True):
                message = read_body(envelope, topic=topic)
                if isinstance(message, Received):
                    messages.append(message)
                    break
                unreadable += 1
        return Batch(topic=topic, records=len(records), messages=messages, unreadable=unreadable)

    def _is_ours(self, record: Record) -> bool:
        return all(name != REPLAY_FOR or value == self._service.encode() for name, value in record.headers)


@asynccontextmanager
async def replaying(*, bootstrap_servers: str, topics: Sequence[Topic], service: Service) -> AsyncIterator[Replay]:
    """A replay of all partitions of these topics. Raises `TopicsMissingError`, and `KafkaError` when nobody answers."""
    places = await _partitions(bootstrap_servers, [topic.name for topic in topics])
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        client_id=f"{service}-rebuild",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        consumer.assign(places)
        yield Replay(consumer, service)
    finally:
        await consumer.stop()


async def _partitions(bootstrap_servers: str, names: Sequence[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        described = await admin.describe_topics(list(names))
    finally:
        await admin.close()
    missing = sorted(topic["topic"] for topic in described if not topic["partitions"])
    if missing:
        raise TopicsMissingError(f"the broker lacks {', '.join(missing)}: is it the right one?")
    return [TopicPartition(topic["topic"], each["partition"]) for topic in described for each in topic["partitions"]]
