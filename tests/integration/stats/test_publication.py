"""What the service publishes on stats.counters.v1."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
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


@dataclass
class Published:
    """Messages of one edition by dimension: sequence, and tallies by value."""

    consumer: AIOKafkaConsumer
    edition_id: str
    messages: dict[str, list[tuple[int, dict[str, tuple[int, int, int]]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def until(self, dimension: str, expected: dict[str, tuple[int, int, int]]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [tallies for _, tallies in self.messages[dimension]][-1:] != [expected]:
                record = await self.consumer.getone()
                counter = CounterMessage.model_validate_json(record.value).counter
                if counter.edition_id == self.edition_id:
                    assert record.key.decode() == f"{self.edition_id}/{counter.dimension}"
                    tallies = {each.value: (each.events, each.announced, each.actual) for each in counter.tallies}
                    self.messages[counter.dimension].append((int(dict(record.headers)["ce_sequence"]), tallies))


@pytest.fixture
async def published(system, edition_id: str) -> AsyncIterator[Published]:
    consumer = AIOKafkaConsumer(COUNTERS.name, bootstrap_servers=system.bootstrap_servers)
    await consumer.start()
    yield Published(consumer, edition_id)
    await consumer.stop()


async def test_counters_are_published_whole_and_without_gaps(
    stats: Stats, registration: Registration, edition_id: str, published: Published
):
    id_ = await registration.event(event(edition_id, hours=(9, 10)))
    await published.until("hour", {"09": (1, 0, 0), "10": (1, 0, 0)})
    await registration.guests(guest_list(edition_id, id_, announced=4))
    await published.until("hour", {"09": (1, 4, 0), "10": (1, 4, 0)})
    await registration.event(event(edition_id, id_=id_, status="withdrawn"), sequence=2)
    await published.until("occurrence", {})  # the last of the dimensions
    assert published.messages["status"] == [
        (1, {"labelled": (1, 0, 0)}),
        (2, {"labelled": (1, 4, 0)}),
        (3, {"withdrawn": (1, 4, 0)}),
    ]
    assert published.messages["total"][-1] == (3, {"all": (0, 0, 0)})
    assert {len(messages) for messages in published.messages.values()} == {3}


async def test_of_several_publishers_each_change_is_published_by_one(
    stats: Stats, edition_id: str, published: Published
):
    database = stats.service.database
    one = event(edition_id)

    async def publish() -> None:
        async with database.transaction() as connection:
            await operations.publish_counters(connection, edition_id=edition_id, now=datetime.now(UTC))

    async with database.transaction() as connection:
        await operations.record_events(connection, [received(EVENTS, one.event.id, 1, one).message])
    for announced in range(1, 9):
        list_ = guest_list(edition_id, one.event.id, announced=announced)
        async with database.transaction() as connection:
            await operations.record_guest_lists(
                connection, [received(PARTICIPATIONS, one.event.id, announced, list_).message]
            )
        await asyncio.gather(*(publish() for _ in range(4)))  # and the service's own publisher
    await published.until("hour", {"09": (1, 8, 0)})
    sequences, tallies = zip(*published.messages["total"], strict=True)
    assert list(sequences) == list(range(1, len(sequences) + 1))
    assert [figures["all"] for figures in tallies] == sorted({figures["all"] for figures in tallies})
