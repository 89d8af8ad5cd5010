"""
The topics on the broker, as `shared.contracts.topics` declares them.

Creates what is missing, raises partitions, sets what differs; never deletes, never lowers.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from semaine.failure import Failure
from semaine.system.waiting import UnreachableError
from shared.contracts.topics import DEAD_LETTERS, MAX_DEAD_LETTER_BYTES, MAX_MESSAGE_BYTES, TOPICS, Topic

_ROOM_FOR_HEADERS = 64 * 1024
_BEFORE_COMPACTION = timedelta(days=7)
"""A service that acts on every change may be away this long without missing one."""
_LONGEST_BEFORE_COMPACTION = timedelta(days=8)
"""An erased person's data has left the log after this, a segment (a day) and the tombstone's own day."""
_ENOUGH_REPLICAS = 3
_TIMEOUT_MS = 20_000


class TopicsError(Failure):
    """The topics could not be provisioned; says what the broker answered."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A topic as it should be."""

    name: str
    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Provisioned:
    """What was done, by topic name."""

    created: list[str]
    raised: list[str]
    """Got more partitions."""
    kept: list[str]
    """Were there; their settings have been set again."""


def wanted() -> Iterator[Wanted]:
    """Every topic that the services use, dead letters included."""
    for topic in TOPICS:
        yield Wanted(name=topic.name, partitions=topic.partitions, settings=_settings(topic))
    for dead in DEAD_LETTERS.values():
        yield Wanted(
            name=dead.name,
            partitions=dead.partitions,
            settings={
                "cleanup.policy": "delete",
                "retention.ms": _milliseconds(dead.retention),
                "max.message.bytes": str(MAX_DEAD_LETTER_BYTES + _ROOM_FOR_HEADERS),
            },
        )


def _settings(topic: Topic) -> dict[str, str]:
    settings = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(MAX_MESSAGE_BYTES + _ROOM_FOR_HEADERS),
        "segment.ms": _milliseconds(timedelta(days=1)),
    }
    if topic.retention:
        settings["retention.ms"] = _milliseconds(topic.retention)
    if topic.cleanup == "compact":
        settings["min.compaction.lag.ms"] = _milliseconds(_BEFORE_COMPACTION)
        settings["max.compaction.lag.ms"] = _milliseconds(_LONGEST_BEFORE_COMPACTION)
    return settings


async def provision(*, bootstrap_servers: str, replication: int | None = None) -> Provisioned:
    """
    Make the broker's topics what is declared. Raises `UnreachableError`, `TopicsError`.

    `replication`: copies of each partition; without it three, or as many as there are brokers.
    """
    async with administrator(bootstrap_servers) as admin:
        try:
            copies = replication or min(_ENOUGH_REPLICAS, len((await admin.describe_cluster())["brokers"]))
            return await _provision(admin, copies)
        except KafkaError as error:
            raise TopicsError(f"Kafka at {bootstrap_servers} could not be provisioned: {error!r}") from error


@asynccontextmanager
async def administrator(bootstrap_servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administrator's client. Raises `UnreachableError`."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=_TIMEOUT_MS)
    try:
        try:
            await admin.start()
        except (KafkaError, OSError) as error:
            raise UnreachableError(f"Kafka at {bootstrap_servers} does not answer: {error}") from error
        yield admin
    finally:
        await admin.close()


async def _provision(admin: AIOKafkaAdminClient, copies: int) -> Provisioned:
    topics = {topic.name: _replicated(topic, copies) for topic in wanted()}
    there = {
        topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics() if topic["topic"] in topics
    }
    created = [topic for name, topic in topics.items() if name not in there]
    raised = [topic for name, topic in topics.items() if name in there and there[name] < topic.partitions]
    if created:
        await _create(admin, created, copies)
    if raised:
        await admin.create_partitions({one.name: NewPartitions(total_count=one.partitions) for one in raised})
    await _set(admin, [topics[name] for name in there])
    return Provisioned(
        created=[topic.name for topic in created], raised=[topic.name for topic in raised], kept=list(there)
    )


def _replicated(topic: Wanted, copies: int) -> Wanted:
    if copies < _ENOUGH_REPLICAS:
        return topic
    settings = {**topic.settings, "min.insync.replicas": str(copies - 1)}
    return Wanted(name=topic.name, partitions=topic.partitions, settings=settings)


async def _create(admin: AIOKafkaAdminClient, topics: list[Wanted], copies: int) -> None:
    new = [NewTopic(topic.name, topic.partitions, copies, topic_configs=dict(topic.settings)) for topic in topics]
    for name, code, message in (await admin.create_topics(new)).topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"{name}: {message}")


async def _set(admin: AIOKafkaAdminClient, topics: list[Wanted]) -> None:
    if not topics:
        return
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=dict(topic.settings)) for topic in topics]
    for answer in await admin.alter_configs(resources):
        _check(answer)


def _check(answer: Any) -> None:
    for code, message, _, name in answer.resources:
        if code:
            raise for_code(code)(f"{name}: {message}")


def _milliseconds(time: timedelta) -> str:
    return str(int(time.total_seconds() * 1000))
