"""
Consumers: each topic's records, a batch at a time, into one transaction; then the offset.

No exception reaches FastStream's acknowledgement policy. A server that is away: wait, keep the partition and the order.
A message that cannot be processed: lay it aside, go on. Two kinds of operation: of `states`, which want an aggregate's
latest state (high-water mark, folded), and of `changes`, which act on each message and make themselves idempotent.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.contracts.topics import Service, Topic
from shared.runtime import dead_letters, inbox, metrics, tracing
from shared.runtime.backlog import Backlog
from shared.runtime.database import Connection, Database, is_transient
from shared.runtime.dead_letters import REPLAY_FOR, Reason, lay_aside
from shared.runtime.decoding import Envelope, Received, Unreadable, open_envelope, read_body

Record: TypeAlias = ConsumerRecord[bytes, bytes]
Operation: TypeAlias = Callable[[Connection, Sequence[Received[Any]]], Awaitable[None]]
Unconcerned: TypeAlias = Callable[[bytes], bool]
Kind: TypeAlias = Literal["states", "changes"]

_POLL_MILLISECONDS = 20
"""FastStream sleeps this long after each empty poll, so it is the most that it adds to a message's way."""
_MAX_BACKOFF_SECONDS = 5.0
_FULL_SECONDS = 0.5
"""Between looks at a full outbox."""
_WATCH_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Refused(Exception):  # noqa: N818 - an outcome of an operation, not a fault of the program
    """The operation can never accept this message: it is dead-lettered, the others go on."""


class _Abandoned(Exception):  # noqa: N818
    """The partition is being taken away, or the process stops: leave the batch to whoever comes next."""


@dataclass
class Progress:
    """What readiness asks of one consumer; times are of the monotonic clock, in seconds."""

    topic: str
    failing_since: float | None = None
    last_error: str = ""
    moved_at: float = field(default_factory=time.monotonic)

    def moved(self) -> None:
        """A unit of work is done, or it is another member's now."""
        self.failing_since = None
        self.moved_at = time.monotonic()

    def stuck_for(self, *, lag: int, working: bool, now: float) -> float:
        """Seconds without progress although there is work; 0 when all is well. To be asked again and again."""
        if self.failing_since is not None:
            return now - self.failing_since
        if not lag and not working:
            self.moved_at = now  # who had nothing to do for an hour does not stand still when work comes
        return now - self.moved_at


class _TopicConsumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One topic of one service: one unit of work at a time."""

    def __init__(
        self,
        *,
        service: Service,
        topic: Topic,
        kind: Kind,
        operation: Operation,
        database: Database,
        retry_pause: float,
        unconcerned: Unconcerned,
        backlog: Backlog | None,
    ) -> None:
        self.topic = topic
        self._unconcerned = unconcerned
        self.progress = Progress(topic=topic.name)
        self._service = service
        self._name = service.encode()
        self._kind = kind
        self._operation = operation
        self._database = database
        self._retry_pause = retry_pause
        self._backlog = backlog
        self._working = asyncio.Lock()
        self._leave = asyncio.Event()
        self.subscriber: BatchSubscriber | None = None

    # FastStream's side

    async def parse(self, records: tuple[Record, ...]) -> KafkaAckableMessage:
        """FastStream's parser would lose a whole batch over one header that is not UTF-8."""
        assert self.subscriber is not None
        return KafkaAckableMessage(body=b"", headers={}, raw_message=records, consumer=self.subscriber.consumer)

    async def decode(self, message: KafkaAckableMessage) -> KafkaAckableMessage:
        return message

    async def handle(self, message: KafkaAckableMessage) -> None:
        """Process the batch whatever comes, then commit its offsets."""
        try:
            async with self._working:
                await self._process_or_rewind(message)
        finally:
            # FastStream keeps what `decode` answers in the message: a cycle, and the batch would stay until a full GC.
            message.clear_cache()

    async def _process_or_rewind(self, message: KafkaAckableMessage) -> None:
        try:
            await self._process(message.raw_message)
        except Exception as error:
            if isinstance(error, _Abandoned):
                log.info("batch left to the next owner", topic=self.topic.name)
            else:
                log.exception("batch not handled", topic=self.topic.name)
            # FastStream would go on, and the next commit pass over the batch: the next owner may be this process.
            with contextlib.suppress(KafkaError):
                await message.nack()
            return
        try:
            await message.ack()
        except KafkaError as error:
            # Someone else owns the partition now and does it again; effects are idempotent.
            log.warning("offset not committed", topic=self.topic.name, error=repr(error))

    async def on_partitions_revoked(self, _revoked: list[TopicPartition]) -> None:
        """Let the unit of work under way finish before another member may take it up."""
        self._leave.set()
        async with self._working:
            pass

    async def on_partitions_assigned(self, _assigned: list[TopicPartition]) -> None:
        self._leave.clear()
        # What failed here may be another member's now; if it is ours again, it fails again.
        self.progress.moved()

    def leave(self) -> None:
        self._leave.set()

    # Our side

    async def _process(self, records: Sequence[Record]) -> None:
        own = [record for record in records if self._is_ours(record)]
        await self._until_the_outbox_has_room()
        await self._process_together(own)
        self.progress.moved()
        metrics.CONSUMED.labels(self.topic.name).inc(len(records))

    async def _until_the_outbox_has_room(self) -> None:
        """What would follow from these messages could not be published: they wait where they are."""
        while self._backlog is not None and self._backlog.full:
            self._fails("the outbox is full")
            if await self._told_to_leave(within=_FULL_SECONDS):
                raise _Abandoned
        self.progress.failing_since = None

    async def _process_together(self, records: Sequence[Record]) -> None:
        """Halve what fails until it stands alone: a bad message among thousands costs a dozen transactions."""
        try:
            await self._until_servers_answer(lambda: self._apply_all(records))
        except _Abandoned:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an operation raises concerns one message, not the others
            if len(records) == 1:
                await self._set_aside(records[0], error)
                return
            log.info("batch taken apart", topic=self.topic.name, messages=len(records), error=repr(error))
            middle = len(records) // 2
            for half in (records[:middle], records[middle:]):
                if self._leave.is_set():
                    raise _Abandoned from None
                await self._process_together(half)

    def _is_ours(self, record: Record) -> bool:
        if record.value is not None and self._unconcerned(record.value):
            return False
        for name, value in record.headers:
            if name == REPLAY_FOR:
                return bool(value == self._name)
        return True

    async def _set_aside(self, record: Record, error: Exception) -> None:
        word = "refused" if isinstance(error, Refused) else "failed"
        reason = Reason(word, str(error) if word == "refused" else repr(error))
        log.warning("message laid aside", topic=record.topic, partition=record.partition, offset=record.offset,
                    reason=reason.word, detail=reason.detail, exc_info=error if word == "failed" else None)  # fmt: skip
        # There is no other place for it: whatever keeps it from there, the partition waits.
        await self._until_servers_answer(lambda: self._lay_aside([(record, reason)]), passing=lambda _: True)

    async def _until_servers_answer(
        self, attempt: Callable[[], Awaitable[None]], *, passing: Callable[[BaseException], bool] = is_transient
    ) -> None:
        delay = self._retry_pause
        while True:
            try:
                await attempt()
            except Exception as error:
                if not passing(error):
                    self.progress.failing_since = None
                    raise
                self._fails(repr(error))
                metrics.RETRIES.labels(self.topic.name).inc()
                log.warning("waiting for a server", topic=self.topic.name, error=repr(error), again_in=delay)
            else:
                self.progress.moved()
                return
            if await self._told_to_leave(within=delay * random.uniform(0.5, 1)):  # noqa: S311
                raise _Abandoned
            delay = min(delay * 2, _MAX_BACKOFF_SECONDS)

    def _fails(self, why: str) -> None:
        self.progress.failing_since = self.progress.failing_since or time.monotonic()
        self.progress.last_error = why

    async def _told_to_leave(self, *, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                await self._leave.wait()
        except TimeoutError:
            return False
        return True

    async def _lay_aside(self, letters: Sequence[tuple[Record, Reason]]) -> None:
        async with self._database.transaction() as connection:
            laid_aside = await self._lay_all_aside(connection, letters)
        self._count(laid_aside)

    async def _lay_all_aside(
        self, connection: Connection, letters: Sequence[tuple[Record, Reason]]
    ) -> list[tuple[Record, Reason]]:
        """Answers those that had not been laid aside before."""
        return [
            (record, reason)
            for record, reason in letters
            if await lay_aside(connection, service=self._service, record=record, reason=reason)
        ]

    def _count(self, laid_aside: Sequence[tuple[Record, Reason]]) -> None:
        for record, reason in laid_aside:
            dead_letters.count(topic=record.topic, reason=reason)

    async def _apply_all(self, records: Sequence[Record]) -> None:
        envelopes: list[Envelope] = []
        unreadable: list[tuple[Record, Unreadable]] = []
        for record in records:
            envelope = open_envelope(record, topic=self.topic)
            if isinstance(envelope, Unreadable):
                unreadable.append((record, envelope))
            else:
                envelopes.append(envelope)
        if self._kind == "states":
            messages, bad = _latest_readable(envelopes, topic=self.topic)
        else:
            messages, bad = _all_readable(envelopes, topic=self.topic)
        if not (messages or unreadable or bad):
            return
        tracing.follow(envelopes[-1].traceparent if envelopes else None)
        letters = [(record, Reason(problem.reason, problem.detail)) for record, problem in (*unreadable, *bad)]
        async with self._database.transaction() as connection:
            laid_aside = await self._lay_all_aside(connection, letters)
            if self._kind == "states" and messages:
                messages = await self._above_high_water(connection, envelopes, messages)
            if messages:
                await self._operation(connection, messages)
        self._count(laid_aside)
        if messages:
            age = (datetime.now(UTC) - messages[-1].time).total_seconds()
            metrics.LATENCY.labels(self.topic.name).observe(max(age, 0))

    async def _above_high_water(
        self, connection: Connection, envelopes: Sequence[Envelope], messages: Sequence[Received[Any]]
    ) -> list[Received[Any]]:
        first: dict[str, int] = {}
        for envelope in envelopes:
            first[envelope.key] = min(first.get(envelope.key, envelope.sequence), envelope.sequence)
        news = await inbox.raise_marks(
            connection,
            topic=self.topic.name,
            first=first,
            last={message.key: message.sequence for message in messages},
        )
        return [message for message in messages if message.key in news]

    # Readiness and metrics

    @property
    def working(self) -> bool:
        """Whether a batch is under way; `lag` no longer counts its messages."""
        return self._working.locked()

    def lag(self) -> int:
        """Messages of the assigned partitions that are not handled yet; sets the gauge as it goes."""
        consumer = self.subscriber.consumer if self.subscriber else None
        if consumer is None:
            return 0
        total = 0
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            # The position is public as a coroutine only, and it may wait for the broker.
            state = consumer._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001
            if end is None or state is None or not state.has_valid_position:
                continue
            behind = max(end - state.position, 0)
            metrics.CONSUMER_LAG.labels(self.topic.name, partition.partition).set(behind)
            total += behind
        return total


def _latest_readable(
    envelopes: Sequence[Envelope], *, topic: Topic
) -> tuple[list[Received[Any]], list[tuple[Record, Unreadable]]]:
    """The last readable message of each key; what it supersedes is not decoded, its state is gone anyway."""
    by_key: dict[str, list[Envelope]] = {}
    for envelope in envelopes:
        by_key.setdefault(envelope.key, []).append(envelope)
    messages: list[Received[Any]] = []
    bad: list[tuple[Record, Unreadable]] = []
    for group in by_key.values():
        for envelope in sorted(group, key=lambda one: one.sequence, reverse=True):
            message = read_body(envelope, topic=topic)
            if isinstance(message, Received):
                messages.append(message)
                break
            bad.append((envelope.record, message))
    return messages, bad


def _all_readable(
    envelopes: Sequence[Envelope], *, topic: Topic
) -> tuple[list[Received[Any]], list[tuple[Record, Unreadable]]]:
    messages: list[Received[Any]] = []
    bad: list[tuple[Record, Unreadable]] = []
    for envelope in envelopes:
        message = read_body(envelope, topic=topic)
        if isinstance(message, Received):
            messages.append(message)
        else:
            bad.append((envelope.record, message))
    return messages, bad


class ConsumerEndedError(Exception):
    """A consumer has ended by itself."""


class Consumers:
    """All consumers of a service. Handlers register operations; `start` and `stop` belong to the service."""

    def __init__(
        self,
        *,
        service: Service,
        bootstrap_servers: str,
        database: Database,
        batch: int,
        retry_pause: float = 0.1,
        backlog: Backlog | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._batch = batch
        self._retry_pause = retry_pause
        self._backlog = backlog
        self._broker = KafkaBroker(
            bootstrap_servers,
            client_id=service,
            apply_types=False,
            graceful_timeout=15.0,
            allow_auto_create_topics=False,
            logger=None,
        )
        self._leaving = False
        self.topics: list[_TopicConsumer] = []

    def states(self, topic: Topic, operation: Operation) -> None:
        """`operation` gets the latest state of each aggregate that has news, in one transaction."""
        self._subscribe(topic, "states", operation)

    def changes(self, topic: Topic, operation: Operation, *, unconcerned: Unconcerned = lambda _: False) -> None:
        """
        `operation` gets every message in order, possibly again, in one transaction.

        `unconcerned` tells by the value's bytes which messages it would do nothing about: these are not even read.
        """
        self._subscribe(topic, "changes", operation, unconcerned=unconcerned)

    def _subscribe(
        self, topic: Topic, kind: Kind, operation: Operation, *, unconcerned: Unconcerned = lambda _: False
    ) -> None:
        consumer = _TopicConsumer(
            service=self._service,
            topic=topic,
            kind=kind,
            operation=operation,
            database=self._database,
            retry_pause=self._retry_pause,
            unconcerned=unconcerned,
            backlog=self._backlog,
        )
        subscriber = self._broker.subscriber(
            topic.name,
            batch=True,
            group_id=group_id(self._service, topic),
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            max_records=self._batch,
            batch_timeout_ms=_POLL_MILLISECONDS,
            max_partition_fetch_bytes=1024 * 1024,
            fetch_max_bytes=4 * 1024 * 1024,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=30_000,
            listener=consumer,
            parser=consumer.parse,
            decoder=consumer.decode,
        )
        consumer.subscriber = subscriber
        subscriber(consumer.handle)
        self.topics.append(consumer)

    async def start(self) -> None:
        await self._broker.start()

    async def stop(self) -> None:
        self._leaving = True
        for consumer in self.topics:
            consumer.leave()
        await self._broker.stop()

    async def watch(self) -> None:
        """Raise `ConsumerEndedError` once a consumer has ended that nobody asked to: only a new start mends that."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            for consumer in self.topics:
                tasks = consumer.subscriber.tasks if consumer.subscriber else []
                if tasks and all(task.done() for task in tasks) and not self._leaving:
                    raise ConsumerEndedError(f"the consumer of {consumer.topic.name} has ended")

    def busy(self) -> bool:
        """Whether messages are being handled or wait for it: what can be done at any time waits for them."""
        return any(consumer.working or consumer.lag() for consumer in self.topics)

    def problems(self, *, stuck_after: float, lag_limit: int) -> list[str]:
        """What keeps this service from keeping up; empty when all is well. Refreshes the lag gauges."""
        found = []
        for consumer in self.topics:
            lag = consumer.lag()
            if lag > lag_limit:
                found.append(f"consumer of {consumer.topic.name} is {lag} messages behind, at most {lag_limit} is well")
            stuck = consumer.progress.stuck_for(lag=lag, working=consumer.working, now=time.monotonic())
            if stuck > stuck_after:
                why = consumer.progress.last_error or "no progress"
                found.append(f"consumer of {consumer.topic.name} stands still for {stuck:.0f} s: {why}")
        return found


def group_id(service: Service, topic: Topic) -> str:
    """The consumer group of a service for one topic: topics do not hold each other up."""
    return f"{service}.{topic.name}"
