from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from shared.runtime.database import prepare
from tests.integration.stats import world
from tests.integration.stats.world import Registration, Stats


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registration(system) -> AsyncIterator[Registration]:
    producer = AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers, acks="all")
    await producer.start()
    yield Registration(producer)
    await producer.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stats(system, tmp_path_factory) -> AsyncIterator[Stats]:
    async with world.running(world.settings(system, tmp_path_factory.mktemp("stats"))) as service:
        yield service


@pytest_asyncio.fixture
async def database(system) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the service's database, outside its pool."""
    connection = await asyncpg.connect(system.database_url("stats"))
    await prepare(connection)
    yield connection
    await connection.close()


@pytest.fixture
def edition_id() -> str:
    return world.new_edition_id()
