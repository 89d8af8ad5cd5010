from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from shared.runtime import logs
from tests.integration.runtime.world import Broker


@pytest.fixture(scope="session", autouse=True)
def _logs_as_in_production() -> None:
    logs.configure(service="test", level="warning", form="json")


@pytest_asyncio.fixture(scope="session")
async def broker(system) -> AsyncIterator[Broker]:
    producer = AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers, acks="all", max_request_size=8_000_000)
    await producer.start()
    yield Broker(system.bootstrap_servers, producer)
    await producer.stop()
