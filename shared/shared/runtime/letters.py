"""Dead letters: what a service laid aside, to look at and to send again."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import InvalidMessageError, MessageSizeTooLargeError, UnknownTopicOrPartitionError

from shared.contracts.topics import DEAD_LETTERS, MAX_DEAD_LETTER_BYTES, Service
from shared.runtime.dead_letters import NOBODY, PREFIX, REPLAY_FOR, REPLAY_KEY, REPLAY_PREFIX

_REPLAYED_AT = f"{PREFIX}replayed_at"
_READ_MILLISECONDS = 1000


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
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers, acks="all", max_request_size=MAX_DEAD_LETTER_BYTES + 100_000
        )
        refused: dict[str, str] = {}
        await producer.start()
        try:
            for letter in letters:
                try:
                    await _send_again(producer, letter)
                except (MessageSizeTooLargeError, InvalidMessageError, UnknownTopicOrPartitionError) as error:
                    refused[letter.id] = repr(error)
        finally:
            await producer.stop()
        return refused

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
    note = [(PREFIX + "id", letter.id.encode()), (_REPLAYED_AT, datetime.now(UTC).isoformat().encode())]
    await producer.send_and_wait(DEAD_LETTERS[letter.service].name, b"", letter.id.encode(), headers=note)


def _take(found: dict[str, Letter], record: ConsumerRecord[bytes, bytes], service: Service) -> None:
    about = {name.removeprefix(PREFIX): value.decode() for name, value in record.headers if name.startswith(PREFIX)}
    if "id" not in about:
        return  # nobody's letter
    id_ = about["id"]
    if "replayed_at" in about:
        if id_ in found:
            found[id_] = replace(found[id_], replayed_at=about["replayed_at"])
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
