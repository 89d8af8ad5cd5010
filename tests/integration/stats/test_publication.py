"""What the service publishes on stats.counters.v1."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.stats import CounterMessage
from shared.contracts.topics import COUNTERS
from stats import operations
from tests.integration.stats.test_rows import received
from tests.integration.stats.world import (
    EVENTS,
    PARTICIPATIONS,
    PATIENCE_SECONDS,
    Registration,
    Stats,
    event,
    guest_list,
)

pytestmark = pytest.mark.servers


async def test_counters_are_published_whole_and_without_gaps(
    system, stats: Stats, registration: Registration, edition_id: str
):
    consumer = AIOKafkaConsumer(COUNTERS.name, bootstrap_servers=system.bootstrap_servers)
    await consumer.start()
    try:
        id_ = await registration.event(event(edition_id))
        await stats.until(edition_id, total={"all": (1, 0, 0)})
        await registration.guests(guest_list(edition_id, id_, announced=4))
        await registration.event(event(edition_id, id_=id_, status="withdrawn"), sequence=2)
        await stats.until(edition_id, status={"withdrawn": (1, 4, 0)})
        messages = defaultdict(list)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (messages["hour"] and _tallies(messages["hour"][-1][1]) == {}):  # the last of each round
                record = await consumer.getone()
                message = CounterMessage.model_validate_json(record.value)
                if message.counter.edition_id == edition_id:
                    assert record.key.decode() == f"{edition_id}/{message.counter.dimension}"
                    sequence = int(dict(record.headers)["ce_sequence"])
                    messages[message.counter.dimension].append((sequence, message))
    finally:
        await consumer.stop()
    for dimension, published in messages.items():
        assert [sequence for sequence, _ in published] == list(range(1, len(published) + 1)), dimension
    assert _tallies(messages["total"][0][1]) in ({"all": (1, 0, 0)}, {"all": (1, 4, 0)})
    assert _tallies(messages["status"][-1][1]) == {"withdrawn": (1, 4, 0)}
    assert _tallies(messages["region"][-1][1]) == {}


async def test_of_several_publishers_each_change_is_published_by_one(stats: Stats, edition_id: str):
    now = datetime.now(UTC)
    database = stats.service.database
    one = event(f"{edition_id}-unseen")  # the running service sees it too: a third rival

    async def publish() -> list[str]:
        async with database.transaction() as connection:
            return list(await operations.publish_counters(connection, edition_id=one.event.edition_id, now=now))

    async with database.transaction() as connection:
        await operations.record_events(connection, [received(EVENTS, one.event.id, 1, one).message])
    for announced in range(1, 6):
        list_ = guest_list(one.event.edition_id, one.event.id, announced=announced)
        async with database.transaction() as connection:
            await operations.record_guest_lists(
                connection, [received(PARTICIPATIONS, one.event.id, announced, list_).message]
            )
        await asyncio.gather(publish(), publish(), publish())
    async with database.reading() as connection:
        rows = await connection.fetch(
            "SELECT dimension, sequence, tallies FROM counters WHERE edition_id = $1", one.event.edition_id
        )
    total = next(row for row in rows if row["dimension"] == "total")
    assert total["tallies"] == {"all": [1, 5, 0]}
    assert total["sequence"] <= 6  # the event alone, if the service was quick, and each list
    assert await publish() == []


def _tallies(message: CounterMessage) -> dict[str, tuple[int, int, int]]:
    return {tally.value: (tally.events, tally.announced, tally.actual) for tally in message.counter.tallies}
