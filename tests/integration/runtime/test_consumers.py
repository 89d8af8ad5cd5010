"""Members come and go, servers go away and come back: no effect is lost, none is repeated."""

import asyncio
import json

import asyncpg
import pytest

from shared.runtime.backlog import Backlog
from shared.runtime.consumer import ConsumerEndedError
from shared.runtime.database import is_transient
from tests.integration.runtime.world import Effects, consuming, eventually, opened, running, total

KEYS = [f"key{number}" for number in range(12)]


async def _end_sessions(system) -> int:
    connection = await asyncpg.connect(system.admin_url)
    try:
        return len(
            await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'semaine' AND datname = 'stats'"
            )
        )
    finally:
        await connection.close()


@pytest.mark.parametrize("kind", ["states", "changes"])
async def test_a_second_member_joins_and_leaves_in_the_midst_of_work(system, broker, kind):
    topic, effects = await broker.topic(partitions=4), Effects()

    async def slowly(_messages) -> None:
        await asyncio.sleep(0.02)

    effects.before = slowly
    async with running(system, topic=topic, kind=kind, effects=effects) as runtime:
        operation = effects.record_states if kind == "states" else effects.record_changes

        async def send() -> None:
            for number in range(1, 31):
                for key in KEYS:
                    await broker.send(topic, key, number, number)

        sending = asyncio.create_task(send())
        async with (
            opened(system.database_url("stats")) as other,
            consuming(other, system.bootstrap_servers, service="stats", topic=topic, kind=kind, operation=operation),
        ):
            await sending
        await runtime.consumers.topics[0].subscriber.consumer.seek_to_beginning()  # everything again
        for partition in range(4):
            await broker.send(topic, f"last{partition}", 1, 1, partition=partition)

        if kind == "states":
            expected = dict.fromkeys(KEYS, 30) | {f"last{partition}": 1 for partition in range(4)}

            async def complete() -> bool:
                return await effects.states(runtime.database) == expected

            await eventually(complete)
        else:
            changes = sorted(
                [(key, number) for key in KEYS for number in range(1, 31)] + [(f"last{n}", 1) for n in range(4)]
            )

            async def all_there() -> bool:
                return await effects.changes(runtime.database) == changes

            await eventually(all_there)
    assert total("semaine_sequence_gaps_total", topic=topic.name) == 0
    assert await broker.dead_letters("stats", topic) == []


async def test_without_the_database_it_waits_in_order_and_goes_on_by_itself(system, broker):
    topic, effects = await broker.topic(), Effects()

    async def cut(messages) -> None:
        if len(effects.calls) in {1, 2, 3}:
            await _end_sessions(system)

    effects.before = cut
    async with running(system, topic=topic, kind="changes", effects=effects) as runtime:
        for number in range(1, 21):
            await broker.send(topic, "one", number, number)

        async def complete() -> bool:
            try:
                return await effects.changes(runtime.database) == [("one", number) for number in range(1, 21)]
            except Exception as error:
                if not is_transient(error):
                    raise
                return False  # who looks on is cut off like everybody else

        await eventually(complete)
        assert not runtime.consumers.problems(stuck_after=10, lag_limit=1000)
    first_seen = list(dict.fromkeys(message.sequence for call in effects.calls for message in call))
    assert first_seen == list(range(1, 21))
    assert total("semaine_consumer_retries_total", topic=topic.name) >= 3
    assert await broker.dead_letters("stats", topic) == []


async def test_stopped_while_it_waits_for_the_database_it_loses_and_lays_aside_nothing(system, broker):
    topic, effects = await broker.topic(), Effects()

    async def away(_messages) -> None:
        raise ConnectionRefusedError

    effects.before = away
    for number in range(1, 6):
        await broker.send(topic, f"key{number}", 1, number)
    async with opened(system.database_url("stats")) as database:
        await effects.create(database)
        member = {"service": "stats", "topic": topic, "kind": "states", "operation": effects.record_states}
        async with consuming(database, system.bootstrap_servers, **member) as consumers:

            async def is_stuck() -> list[str]:
                return consumers.problems(stuck_after=0.1, lag_limit=1000)

            assert "stands still" in (await eventually(is_stuck))[0]
        effects.before = None
        async with consuming(database, system.bootstrap_servers, **member) as consumers:

            async def complete() -> bool:
                return len(await effects.states(database)) == 5

            await eventually(complete)
            assert consumers.problems(stuck_after=1, lag_limit=1000) == []
        assert json.dumps(await effects.times(database), sort_keys=True) == json.dumps(
            {f"key{number}": 1 for number in range(1, 6)}
        )
        assert await database.pool.fetchval("SELECT count(*) FROM dead_letters WHERE topic = $1", topic.name) == 0
        await effects.drop(database)


async def test_an_operation_that_does_not_end_makes_it_stand_still(system, broker):
    """Its batch may be the last: then nothing lags behind it."""
    topic, effects, end = await broker.topic(), Effects(), asyncio.Event()

    async def hang(_messages) -> None:
        await end.wait()

    effects.before = hang
    async with running(system, topic=topic, kind="changes", effects=effects) as runtime:
        await broker.send(topic, "one", 1, 1)

        async def problems() -> list[str]:
            return runtime.consumers.problems(stuck_after=0.5, lag_limit=1000)

        async def none() -> bool:
            return not await problems()

        try:
            assert "stands still" in (await eventually(problems))[0]
        finally:
            end.set()
        await eventually(none)


@pytest.mark.parametrize("kind", ["states", "changes"])
async def test_while_the_outbox_is_full_messages_wait_where_they_are(system, broker, kind):
    """Kafka hands out messages and takes none: what follows from them must not fill the disk."""
    topic, effects, backlog = await broker.topic(), Effects(), Backlog(limit=10)
    backlog.size = 10
    for number in range(1, 6):
        await broker.send(topic, f"key{number}", 1, number)
    async with opened(system.database_url("stats")) as database:
        await effects.create(database)
        operation = effects.record_states if kind == "states" else effects.record_changes
        member = {"service": "stats", "topic": topic, "kind": kind, "operation": operation, "backlog": backlog}
        async with consuming(database, system.bootstrap_servers, **member) as consumers:

            async def is_stuck() -> list[str]:
                return consumers.problems(stuck_after=0.1, lag_limit=1000)

            assert "the outbox is full" in (await eventually(is_stuck))[0]
            assert effects.calls == []
        # Stopped meanwhile: the next member begins with the same messages.
        async with consuming(database, system.bootstrap_servers, **member) as consumers:
            await eventually(is_stuck)
            backlog.size = 9

            async def complete() -> bool:
                return sum(map(len, effects.calls)) == 5

            await eventually(complete)
            assert consumers.problems(stuck_after=1, lag_limit=1000) == []
        await effects.drop(database)


async def test_a_batch_is_left_and_taken_again_when_the_partition_stays_here(system, broker):
    """A unit of work that was given up without a rebalance: the next commit must not pass over it."""
    topic, effects = await broker.topic(), Effects()
    async with running(system, topic=topic, kind="changes", effects=effects) as runtime:
        consumer = runtime.consumers.topics[0]

        async def give_up(_messages) -> None:
            effects.before = None
            consumer.leave()
            raise ConnectionRefusedError

        effects.before = give_up
        for number in range(1, 6):
            await broker.send(topic, "one", number, number)

        async def complete() -> bool:
            return await effects.changes(runtime.database) == [("one", number) for number in range(1, 6)]

        await eventually(complete)


async def test_a_gap_is_counted(system, broker):
    topic, effects = await broker.topic(), Effects()
    async with running(system, topic=topic, kind="states", effects=effects) as runtime:
        for number in (1, 2, 7):
            await broker.send(topic, "one", number, number)

            async def seen(number=number) -> bool:
                return await effects.states(runtime.database) == {"one": number}

            await eventually(seen)
    assert total("semaine_sequence_gaps_total", topic=topic.name) == 4


async def test_a_consumer_that_ends_by_itself_ends_the_process(system, broker):
    """It would never be ready again: the task that watches ends, and with it the service."""
    topic = await broker.topic()
    async with running(system, topic=topic, kind="states") as runtime:
        watching = asyncio.create_task(runtime.consumers.watch())
        await broker.send(topic, "one", 1, 1)
        await eventually(lambda: runtime.effects.states(runtime.database))
        assert not watching.done()
        for task in runtime.consumers.topics[0].subscriber.tasks:
            task.cancel()
        with pytest.raises(ConsumerEndedError, match=topic.name):
            await watching
