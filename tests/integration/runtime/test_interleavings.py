"""Any interleaving of duplicates, reorderings across keys, redeliveries and restarts gives the same rows."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from uuid import uuid4

import pytest_asyncio
from aiokafka import ConsumerRecord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.topics import Topic
from shared.runtime.consumer import Consumers
from tests.integration.runtime.world import Effects, Figure, figure, headers, opened

KEYS = ("a", "b", "c")
CHANGES = 4


@dataclass(frozen=True)
class Delivery:
    """One batch, to one of two processes; `crash`: it dies after the transaction, before the offset."""

    process: int
    records: list[tuple[str, int]]


_one = st.tuples(st.sampled_from(KEYS), st.integers(1, CHANGES))
_deliveries = st.lists(
    st.builds(Delivery, process=st.integers(0, 1), records=st.lists(_one, min_size=1, max_size=6)), max_size=8
)
"""Zombies: whatever was delivered once may come again, late, folded with others, at another process."""
_merged = st.permutations([key for key in KEYS for _ in range(CHANGES)])
"""Across keys in any order; within a key as Kafka keeps it."""


@pytest_asyncio.fixture
async def database(system):
    async with opened(system.database_url("stats")) as found:
        yield found


def _topic() -> Topic:
    return Topic(
        name=f"test.interleaved-{uuid4().hex[:12]}.v1", type="semaine.figure.v1", model=Figure,
        publisher="registration", consumers=(), key="figure id", partitions=1, cleanup="delete",
        access="internal", description="",
    )  # fmt: skip


@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(merged=_merged, cuts=st.sets(st.integers(1, 11)), again=_deliveries, together=st.booleans())
async def test_the_rows_are_the_same_whatever_is_repeated_and_reordered(database, merged, cuts, again, together):
    topic, effects = _topic(), Effects()
    await effects.create(database)
    processes = [_consumer(database, topic, kind, effects) for kind in ("states", "changes") for _ in range(2)]
    sent = {(key, number): _record(topic, key, number) for key in KEYS for number in range(1, CHANGES + 1)}
    counted = dict.fromkeys(KEYS, 0)
    stream = [(key, counted.__setitem__(key, counted[key] + 1) or counted[key]) for key in merged]

    async def deliver(process: int, records: list[tuple[str, int]]) -> None:
        for kind in (0, 2):
            await processes[kind + process]._process([sent[each] for each in records])

    try:
        edges = [0, *sorted(cuts), len(stream)]
        batches = [stream[begin:end] for begin, end in pairwise(edges)]
        for number, batch in enumerate(batches):
            delivered = {each for earlier in batches[: number + 1] for each in earlier}
            old = [each for each in again[number].records if each in delivered] if number < len(again) else []
            if together and old:
                await asyncio.gather(deliver(0, batch), deliver(1, old))
            else:
                await deliver(number % 2, batch)
                await deliver(1, old)
        for delivery in again:
            await deliver(delivery.process, delivery.records)
        assert await effects.states(database) == dict.fromkeys(KEYS, CHANGES * 10)
        assert all(times <= CHANGES for times in (await effects.times(database)).values())
        assert await effects.changes(database) == sorted((key, number * 10) for key, number in sent)
    finally:
        await effects.drop(database)


def _consumer(database, topic, kind, effects):
    consumers = Consumers(service="stats", bootstrap_servers="unused", database=database, batch=10)
    getattr(consumers, kind)(topic, effects.record_states if kind == "states" else effects.record_changes)
    return consumers.topics[0]


def _record(topic: Topic, key: str, number: int) -> ConsumerRecord:
    value = figure(number * 10)
    return ConsumerRecord(
        topic=topic.name, partition=0, offset=KEYS.index(key) * 100 + number, timestamp=0, timestamp_type=0,
        key=key.encode(), value=value, checksum=None, serialized_key_size=1, serialized_value_size=len(value),
        headers=headers(topic, key, number),
    )  # fmt: skip
