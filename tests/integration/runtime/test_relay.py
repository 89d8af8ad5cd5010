"""The outbox reaches Kafka whole and in order per key, whatever happens to connections and processes."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from shared.contracts.topics import MAX_MESSAGE_BYTES
from shared.runtime import outbox
from shared.runtime.relay import Relay
from tests.integration.runtime.world import PATIENCE_SECONDS, Figure, eventually, opened, relaying

NOW = datetime(2020, 3, 31, 9, tzinfo=UTC)


def _message(topic, key: str, sequence: int, count: int = 1) -> outbox.Message:
    return outbox.message(topic=topic, key=key, sequence=sequence, body=Figure(count=count), time=NOW)


async def _emptied(database) -> None:
    async def is_empty() -> bool:
        async with database.reading() as connection:
            return not await connection.fetchval("SELECT count(*) FROM outbox")

    await eventually(is_empty)


def _sequences(records) -> dict[str, list[int]]:
    """By key: the sequences as they stand in Kafka, repetitions of a redelivery left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for record in records:
        sequence = int(dict(record.headers)["ce_sequence"])
        if sequence not in found[record.key.decode()]:
            found[record.key.decode()].append(sequence)
    return found


async def _end_relay_sessions(system) -> int:
    connection = await asyncpg.connect(system.admin_url)
    try:
        return len(
            await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'semaine relay' AND datname = 'stats'"
            )
        )
    finally:
        await connection.close()


async def test_a_message_has_the_headers_of_cloud_events_to_the_byte(system, broker):
    topic = await broker.topic()
    id_ = UUID("018f3b1c-7b1a-7c3e-8f5d-0123456789ab")
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with (
        opened(system.database_url("stats")) as database,
        relaying(database, system.bootstrap_servers, "stats"),
    ):
        from shared.runtime import tracing

        tracing.follow(traceparent)
        message = outbox.Message(topic=topic.name, key="clé-é", sequence=7, value=b'{"count":1}', time=NOW, id=id_)
        async with database.transaction() as connection:
            await outbox.publish(connection, [message])
        await _emptied(database)
    (record,) = await broker.read(topic.name)
    assert record.key == "clé-é".encode()
    assert record.value == b'{"count":1}'
    assert record.timestamp == int(NOW.timestamp() * 1000)
    assert list(record.headers) == [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(id_).encode()),
        ("ce_type", b"semaine.figure.v1"),
        ("ce_source", b"/stats"),
        ("ce_subject", "clé-é".encode()),
        ("ce_time", b"2020-03-31T09:00:00+00:00"),
        ("ce_sequence", b"7"),
        ("content-type", b"application/json"),
        ("traceparent", traceparent.encode()),
    ]


async def test_a_lower_id_that_commits_late_is_published(system, broker):
    topic = await broker.topic()
    async with opened(system.database_url("stats")) as database, relaying(database, system.bootstrap_servers, "stats"):
        async with database.pool.acquire() as slow, slow.transaction():
            await outbox.publish(slow, [_message(topic, "late", 1)])
            async with database.transaction() as connection:
                await outbox.publish(connection, [_message(topic, "early", 1)])
            await eventually(lambda: _has(broker, topic, 1))
            assert [record.key for record in await broker.read(topic.name)] == [b"early"]
        await _emptied(database)
    assert [record.key for record in await broker.read(topic.name)] == [b"early", b"late"]


async def _has(broker, topic, count: int) -> bool:
    return len(await broker.read(topic.name, topic.partitions)) >= count


async def test_each_key_keeps_its_order_and_nothing_is_lost_when_the_relay_loses_its_sessions(system, broker):
    topic = await broker.topic(partitions=3)
    keys, changes = [f"key{number}" for number in range(6)], 60
    async with opened(system.database_url("stats"), connections=10) as database:
        async with database.transaction() as connection:
            await connection.execute(
                "CREATE TABLE aggregates (key text PRIMARY KEY, sequence bigint NOT NULL DEFAULT 0)"
            )
            await connection.executemany("INSERT INTO aggregates (key) VALUES ($1)", [(key,) for key in keys])
        ended = 0

        async def write(key: str) -> None:
            for number in range(changes // 2):
                async with database.transaction() as connection:
                    sequence = await connection.fetchval(
                        "UPDATE aggregates SET sequence = sequence + 1 WHERE key = $1 RETURNING sequence", key
                    )
                    await outbox.publish(connection, [_message(topic, key, sequence)])
                    if number % 7 == 0:
                        await asyncio.sleep(0.01)  # others commit higher ids meanwhile

        async def cut() -> None:
            nonlocal ended
            while True:
                ended += await _end_relay_sessions(system)
                await asyncio.sleep(0.1)

        try:
            async with relaying(database, system.bootstrap_servers, "stats") as relay:
                await eventually(lambda: _leads(relay))
                cutting = asyncio.create_task(cut())
                await asyncio.gather(*(write(key) for key in keys for _ in range(2)))
                while not ended:  # noqa: ASYNC110 - it has no event for it
                    await asyncio.sleep(0.01)
                cutting.cancel()
                await _emptied(database)
        finally:
            async with database.transaction() as connection:
                await connection.execute("DROP TABLE aggregates")
    assert ended
    expected = list(range(1, changes + 1))
    assert _sequences(await broker.read(topic.name, 3)) == dict.fromkeys(keys, expected)


async def _leads(*relays: Relay) -> bool:
    return any(relay.active for relay in relays)


async def test_of_two_relays_one_leads_is_woken_by_the_other_and_replaced_when_it_dies(system, broker):
    topic = await broker.topic()
    async with (
        opened(system.database_url("stats")) as first,
        opened(system.database_url("stats")) as second,
        relaying(second, system.bootstrap_servers, "stats") as standby,
    ):
        async with relaying(first, system.bootstrap_servers, "stats") as other:
            await eventually(lambda: _leads(standby, other))
            leader, follower = (standby, other) if standby.active else (other, standby)
            by_follower = first if follower is other else second
            for sequence in range(1, 6):
                async with by_follower.transaction() as connection:
                    await outbox.publish(connection, [_message(topic, "one", sequence)])
                await _emptied(by_follower)
                assert leader.active
                assert not follower.active
        # `other` is gone: whichever led, the one that is left leads now.
        await eventually(lambda: _leads(standby))
        async with first.transaction() as connection:
            await outbox.publish(connection, [_message(topic, "one", 6)])
        await _emptied(first)
    assert [int(dict(record.headers)["ce_sequence"]) for record in await broker.read(topic.name)] == [1, 2, 3, 4, 5, 6]


async def test_a_value_that_the_broker_would_refuse_is_refused_at_once(system, broker):
    topic = await broker.topic()
    async with opened(system.database_url("stats")) as database:
        largest = outbox.Message(topic=topic.name, key="k", sequence=1, value=b"x" * MAX_MESSAGE_BYTES, time=NOW)
        with pytest.raises(outbox.MessageTooLargeError, match="1000001 bytes"):
            async with database.transaction() as connection:
                await outbox.publish(
                    connection,
                    [
                        largest,
                        outbox.Message(
                            topic=topic.name, key="k", sequence=2, value=b"x" * (MAX_MESSAGE_BYTES + 1), time=NOW
                        ),
                    ],
                )
        assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 0
        async with relaying(database, system.bootstrap_servers, "stats"), database.transaction() as connection:
            await outbox.publish(connection, [largest])
        async with relaying(database, system.bootstrap_servers, "stats"):
            await _emptied(database)
    (record,) = await broker.read(topic.name)
    assert len(record.value) == MAX_MESSAGE_BYTES


async def test_a_relay_ends_even_when_it_is_woken_at_that_moment(system):
    async with opened(system.database_url("stats")) as database:
        for standing_by in (False, True):
            async with opened(system.database_url("stats")) as other:
                relay = Relay(database=database, bootstrap_servers=system.bootstrap_servers, source="/stats", batch=10)
                if standing_by:
                    async with relaying(other, system.bootstrap_servers, "stats") as leader:
                        await eventually(lambda leader=leader: _leads(leader))
                        await _ends_when_woken(relay, leads=False)
                else:
                    await _ends_when_woken(relay, leads=True)


async def _ends_when_woken(relay: Relay, *, leads: bool) -> None:
    task = asyncio.create_task(relay.run())
    if leads:
        await eventually(lambda: _leads(relay))
    await asyncio.sleep(0.3)  # it waits now
    relay.wake()
    await asyncio.sleep(0)  # the event has come, the relay has not run yet
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=PATIENCE_SECONDS)
    assert done
