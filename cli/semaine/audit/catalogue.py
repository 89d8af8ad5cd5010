"""The public catalogue topic, read to its end, against the events that are in the programme."""

from collections.abc import Iterator

from aiokafka import AIOKafkaConsumer, TopicPartition

from semaine.audit.differences import Difference, compare
from semaine.audit.truth import Truth
from shared.contracts.topics import CATALOGUE
from shared.runtime.dead_letters import REPLAY_FOR


async def catalogue(truth: Truth, *, bootstrap_servers: str) -> Iterator[Difference]:
    """The sequence of the last message of each event; a tombstone is nothing."""
    found: dict[str, int] = {}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(CATALOGUE.name, number) for number in range(CATALOGUE.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for record in records:
                    _take(found, record.key, record.value, dict(record.headers))
    finally:
        await consumer.stop()
    expected = {id_: event.catalogue_sequence for id_, event in truth.events.items() if event.in_catalogue}
    return compare(where=CATALOGUE.name, truth=expected, found=found)


def _take(found: dict[str, int], key: bytes, value: bytes | None, headers: dict[str, bytes]) -> None:
    if REPLAY_FOR in headers:  # a dead letter sent again, for one consumer alone
        return
    if value is None:
        found.pop(key.decode(), None)
    else:
        found[key.decode()] = int(headers["ce_sequence"])
