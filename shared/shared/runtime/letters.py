"""Dead letters: what a service laid aside, to look at, to send again, or to discard."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import InvalidMessageError, MessageSizeTooLargeError, UnknownTopicOrPartitionError

from shared.contracts.topics import DEAD_LETTERS, MAX_DEAD_LETTER_BYTES, Service
from shared.runtime.dead_letters import NOBODY, PREFIX, REPLAY_FOR, REPLAY_KEY, REPLAY_PREFIX

State = Literal["open", "replayed", "discarded"]
_REPLAYED_AT = f"{PREFIX}replayed_at"
_DISCARDED = f"{PREFIX}discarded_"
_READ_MILLISECONDS = 1000


@dataclass(frozen=True, kw_only=True)
class Discarded:
    """Who has decided, when, and why, that nothing is to be done about a letter."""

    at: str
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dead letter. `headers` and `value` are the record's own, untouched."""

    id: str
    service: Service
    reason: str
    detail: str
    topic: str
    partition: int
    offset: int
    at: str
    key: bytes | None
    headers: list[tuple[str, bytes | None]]
    value: bytes | None
    replayed_at: str | None = None
    discarded: Discarded | None = None

    @property
    def state(self) -> State:
        """Open: somebody has to look at it. What was discarded can still be sent again."""
        if self.replayed_at:
            return "replayed"
        return "discarded" if self.discarded else "open"


class Letters:
    """The dead letters of all services, on one broker. What it does not answer is aiokafka's `KafkaError`."""

    def __init__(self, *, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers

    async def read(self, service: Service, *, last: int | None = None) -> list[Letter]:
        """
        All that are kept, oldest first; each once, however often it was laid aside.

        `last`: only what stands in so many last records of each partition.
        """
        found: dict[str, Letter] = {}
        async with self._consumer() as consumer:
            partitions = [
                TopicPartition(DEAD_LETTERS[service].name, n) for n in range(DEAD_LETTERS[service].partitions)
            ]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            if last is not None:
                begins = await consumer.beginning_offsets(partitions)
                for each in partitions:
                    consumer.seek(each, max(begins[each], ends[each] - last))
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for records in (await consumer.getmany(timeout_ms=_READ_MILLISECONDS)).values():
                    for record in records:
                        _take(found, record, service)
        return list(found.values())

    async def replay(self, letters: list[Letter]) -> dict[str, str]:
        """
        Send each to the partition that it came from, for the one service that laid it aside, and note that.

        What that service has done already it does not do again: its high-water marks and unique rows hold here too.
        Answers, by id, why the broker refused some.
        """
        refused: dict[str, str] = {}
        async with self._producer() as producer:
            for letter in letters:
                try:
                    await _send_again(producer, letter)
                except (MessageSizeTooLargeError, InvalidMessageError, UnknownTopicOrPartitionError) as error:
                    refused[letter.id] = repr(error)
        return refused

    async def discard(self, letters: list[Letter], *, by: str, why: str) -> None:
        """Note of each that nothing is to be done about it. The letter itself stays, as long as all are kept."""
        async with self._producer() as producer:
            for letter in letters:
                about = {"at": datetime.now(UTC).isoformat(), "by": by, "why": why}
                headers = [(_DISCARDED + name, text.encode()) for name, text in about.items()]
                await _note(producer, letter, headers)

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers, acks="all", max_request_size=MAX_DEAD_LETTER_BYTES + 100_000
        )
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        # Not `seek_to_beginning`: it loses against the reset to the end that is under way by then.
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            yield consumer
        finally:
            await consumer.stop()


async def _send_again(producer: AIOKafkaProducer, letter: Letter) -> None:
    """
    Under a key of its own, so that compaction never puts an old state in place of a newer one of its aggregate.

    The tombstone behind it lets compaction remove it once it is read: personal data does not stay.
    """
    key = REPLAY_PREFIX + letter.id.encode()
    headers = [*letter.headers, (REPLAY_KEY, letter.key), (REPLAY_FOR, letter.service.encode())]
    await producer.send_and_wait(letter.topic, letter.value, key, letter.partition, headers=headers)
    await producer.send_and_wait(letter.topic, None, key, letter.partition, headers=[(REPLAY_FOR, NOBODY)])
    await _note(producer, letter, [(_REPLAYED_AT, datetime.now(UTC).isoformat().encode())])


async def _note(producer: AIOKafkaProducer, letter: Letter, about: list[tuple[str, bytes]]) -> None:
    """What has become of the letter, on its own topic and, by its key, behind it."""
    headers = [(PREFIX + "id", letter.id.encode()), *about]
    await producer.send_and_wait(DEAD_LETTERS[letter.service].name, b"", letter.id.encode(), headers=headers)


def _noted(letter: Letter, about: Mapping[str, str]) -> Letter:
    """The letter as a note about it says. Who discards it first has done so."""
    if "replayed_at" in about:
        return replace(letter, replayed_at=about["replayed_at"])
    if letter.discarded is not None:
        return letter
    at, by, why = (about[f"discarded_{name}"] for name in ("at", "by", "why"))
    return replace(letter, discarded=Discarded(at=at, by=by, why=why))


def _take(found: dict[str, Letter], record: ConsumerRecord[bytes, bytes], service: Service) -> None:
    about = {name.removeprefix(PREFIX): value.decode() for name, value in record.headers if name.startswith(PREFIX)}
    if "id" not in about:
        return  # nobody's letter
    id_ = about["id"]
    if "replayed_at" in about or "discarded_at" in about:
        if id_ in found:
            found[id_] = _noted(found[id_], about)
        return
    if id_ in found:
        return
    found[id_] = Letter(
        id=id_,
        service=service,
        reason=about["reason"],
        detail=about["detail"],
        topic=about["topic"],
        partition=int(about["partition"]),
        offset=int(about["offset"]),
        at=about["at"],
        key=base64.b64decode(about["key"]) if "key" in about else None,
        headers=[
            (name, value)
            for name, value in record.headers
            if not name.startswith(PREFIX) and name not in {REPLAY_FOR, REPLAY_KEY}
        ],
        value=record.value,
    )
