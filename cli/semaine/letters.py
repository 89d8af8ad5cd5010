"""Dead letters: what a service laid aside, to look at and to send again."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from shared.contracts.topics import DEAD_LETTERS, MAX_DEAD_LETTER_BYTES, Service
from shared.runtime.dead_letters import PREFIX, REPLAY_FOR

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
    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes | None
    replayed_at: str | None = None


class Letters:
    """The dead letters of all services, on one broker."""

    def __init__(self, *, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers

    async def read(self, service: Service) -> list[Letter]:
        """All that are kept, oldest first; each once, however often it was laid aside."""
        found: dict[str, Letter] = {}
        async with self._consumer() as consumer:
            partitions = [
                TopicPartition(DEAD_LETTERS[service].name, n) for n in range(DEAD_LETTERS[service].partitions)
            ]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            for partition in partitions:
                await consumer.seek_to_beginning(partition)
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for records in (await consumer.getmany(timeout_ms=_READ_MILLISECONDS)).values():
                    for record in records:
                        _take(found, record, service)
        return list(found.values())

    async def replay(self, letters: list[Letter]) -> None:
        """
        Send each to the topic that it came from, for the one service that laid it aside, and note that.

        What that service has done already it does not do again: its high-water marks and unique rows hold here too.
        """
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers, acks="all", max_request_size=MAX_DEAD_LETTER_BYTES + 100_000
        )
        await producer.start()
        try:
            for letter in letters:
                headers = [*letter.headers, (REPLAY_FOR, letter.service.encode())]
                await producer.send_and_wait(letter.topic, letter.value, letter.key, headers=headers)
                note = [(PREFIX + "id", letter.id.encode()), (_REPLAYED_AT, datetime.now(UTC).isoformat().encode())]
                name = DEAD_LETTERS[letter.service].name
                await producer.send_and_wait(name, b"", letter.id.encode(), headers=note)
        finally:
            await producer.stop()

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers, enable_auto_commit=False)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


def _take(found: dict[str, Letter], record: ConsumerRecord[bytes, bytes], service: Service) -> None:
    about = {name.removeprefix(PREFIX): value.decode() for name, value in record.headers if name.startswith(PREFIX)}
    id_ = about["id"]
    if "replayed_at" in about:
        if id_ in found:
            found[id_] = _replayed(found[id_], about["replayed_at"])
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
        key=base64.b64decode(about["key"]),
        headers=[(name, value) for name, value in record.headers if not name.startswith(PREFIX) and name != REPLAY_FOR],
        value=record.value,
    )


def _replayed(letter: Letter, at: str) -> Letter:

    return replace(letter, replayed_at=at)
