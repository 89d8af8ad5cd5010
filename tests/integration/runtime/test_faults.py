"""Servers are killed under a running service: it says that it is not ready, and goes on by itself."""

import asyncio
from datetime import UTC, datetime

import pytest_asyncio

from semaine.system.throwaway import throwaway_system
from shared.runtime import outbox
from shared.runtime.backlog import Backlog
from shared.runtime.health import Health
from tests.integration.runtime.world import Broker, Effects, Figure, eventually, running

NOW = datetime(2020, 3, 31, 9, tzinfo=UTC)
COUNT = 40


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own_system():
    """Servers that nobody else uses."""
    async with throwaway_system() as started:
        yield started


async def test_killed_servers_lose_nothing_and_readiness_tells(own_system):
    broker = Broker(own_system.bootstrap_servers, None)  # type: ignore[arg-type] - the relay is what publishes here
    topic, effects = await broker.topic(), Effects()
    async with running(own_system, topic=topic, kind="changes", effects=effects) as runtime:
        health = Health(
            database=runtime.database, consumers=runtime.consumers, bootstrap_servers=own_system.bootstrap_servers,
            stuck_after=2, lag_limit=100_000, backlog=Backlog(limit=100_000),
        )  # fmt: skip
        looking = asyncio.create_task(health.run())
        sequence = 0

        async def publish() -> None:
            nonlocal sequence
            async with runtime.database.transaction() as connection:
                batch = [
                    outbox.message(
                        topic=topic, key="one", sequence=sequence + n, body=Figure(count=sequence + n), time=NOW
                    )
                    for n in range(1, COUNT + 1)
                ]
                await outbox.publish(connection, batch)
            sequence += COUNT

        async def ready() -> bool:
            return not await health.not_ready()

        async def not_ready() -> list[str]:
            return await health.not_ready()

        async def complete() -> bool:
            return await effects.changes(runtime.database) == [("one", n) for n in range(1, sequence + 1)]

        try:
            await eventually(ready)
            await publish()
            await eventually(complete)

            await own_system.processes.kill("kafka")
            await publish()
            assert "broker" in "; ".join(await eventually(not_ready))

            async def ageing() -> bool:
                return "the outbox is ageing" in "; ".join(await health.not_ready())

            await eventually(ageing)
            await own_system.processes.start_again("kafka")
            await eventually(complete)
            await eventually(ready)

            await publish()
            await own_system.processes.kill("postgresql")
            assert "database" in "; ".join(await eventually(not_ready))
            await own_system.processes.start_again("postgresql")
            await eventually(complete)
            await publish()
            await eventually(complete)
            await eventually(ready)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
    order = [int(dict(record.headers)["ce_sequence"]) for record in await broker.read(topic.name)]
    assert list(dict.fromkeys(order)) == list(range(1, sequence + 1))
