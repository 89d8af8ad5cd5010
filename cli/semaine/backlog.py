"""What is still on its way through a system: outboxes, consumer lag, notices to send."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from semaine.failure import Failure
from shared.contracts.topics import TOPICS, Service, Topic
from shared.runtime.consumer import group_id

CALLED_OFF = """
SELECT count(*) FROM events JOIN sign_ups ON sign_ups.event_id = events.id
WHERE events.status = 'withdrawn' AND sign_ups.active AND NOT sign_ups.called_off
"""
"""Guests of withdrawn events whose notices are still to be queued."""
_PENDING = f"""
SELECT count(*) + ({CALLED_OFF}) FROM deliveries
WHERE status = 'pending' AND (attempts = 0 OR channel = 'email')
"""
_ACTS = "SELECT count(*) FROM acts WHERE phase IN ('moving', 'telling')"
_SENT = "SELECT channel, count(*) AS sent FROM deliveries WHERE status = 'sent' GROUP BY channel"


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Messages by service or consumer group; notices that have not been tried yet, or are mails to try again."""

    outbox: Mapping[Service, int] = field(default_factory=dict)
    lag: Mapping[str, int] = field(default_factory=dict)
    notices: int = 0
    acts: int = 0
    """Postponements and cancellations that are not carried through."""

    @property
    def empty(self) -> bool:
        return not (self.notices or self.acts or any(self.outbox.values()) or any(self.lag.values()))

    def sentence(self) -> str:
        """What is left, in words."""
        return (
            f"{sum(self.outbox.values())} messages in outboxes, {sum(self.lag.values())} not consumed, "
            f"{self.notices} notices to send, {self.acts} acts to carry through"
        )


class AwayError(Failure):
    """A server that is to be looked at does not answer."""

    exit_code = 3


class BacklogReader:
    """Reads the backlog of a running system, from its databases and its broker. A context manager."""

    def __init__(self, *, database_urls: Mapping[Service, str], bootstrap_servers: str) -> None:
        self._database_urls = database_urls
        self._bootstrap_servers = bootstrap_servers
        self._connections: dict[Service, asyncpg.Connection] = {}
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Raises `AwayError`."""
        try:
            await self._open()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError) as error:
            await self._close()
            raise AwayError(f"a server does not answer ({error!r}): do PostgreSQL and Kafka run?") from error
        return self

    async def _open(self) -> None:
        for service, url in self._database_urls.items():
            self._connections[service] = await asyncpg.connect(url, timeout=10)
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers, enable_auto_commit=False)
        await self._admin.start()
        await self._consumer.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        for connection in self._connections.values():
            await connection.close()
        if self._admin:
            await self._admin.close()
        if self._consumer:
            await self._consumer.stop()

    async def read(self) -> Backlog:
        """Outboxes first, then lag, then notices, as the work flows: what has left one place is met at the next."""
        async with self._reading:
            acts = 0
            if "registration" in self._connections:
                acts = await self._connections["registration"].fetchval(_ACTS)
            outbox = {
                service: await connection.fetchval("SELECT count(*) FROM outbox")
                for service, connection in self._connections.items()
            }
            lag: dict[str, int] = {}
            for topic in TOPICS:
                for service in topic.consumers:
                    if service in self._connections:
                        lag[group_id(service, topic)] = await self._lag(service, topic)
            notices = 0
            if "notifications" in self._connections:
                notices = await self._connections["notifications"].fetchval(_PENDING)
        return Backlog(outbox=outbox, lag=lag, notices=notices, acts=acts)

    async def sent_notices(self) -> dict[str, int]:
        """Notices sent, by channel."""
        async with self._reading:
            rows = await self._connections["notifications"].fetch(_SENT)
        return {row["channel"]: row["sent"] for row in rows}

    async def settled(self) -> bool:
        """Whether nothing is on its way: looked at twice, since a message may pass between two looks."""
        return not await self._anything_to_publish() and (await self.read()).empty and (await self.read()).empty

    async def _anything_to_publish(self) -> bool:
        """A quick look that spares the many questions of a whole one while work is going on."""
        async with self._reading:
            return any([
                await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)")
                for connection in self._connections.values()
            ])  # fmt: skip

    async def _lag(self, service: Service, topic: Topic) -> int:
        assert self._admin is not None
        assert self._consumer is not None
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        ends = await self._consumer.end_offsets(partitions)
        committed = await self._admin.list_consumer_group_offsets(group_id(service, topic))
        done = {partition: offset.offset for partition, offset in committed.items()}
        return sum(max(end - max(done.get(partition, 0), 0), 0) for partition, end in ends.items())
