"""Golden examples as Kafka would deliver them, and all services with a small programme."""

import pytest
import pytest_asyncio

from semaine.system import services
from semaine.system.system import System
from shared.contracts.topics import SERVICES
from tests.contracts import consuming
from tests.contracts.called import Programme


@pytest.fixture(scope="session")
def record_of():
    """`record_of(topic, example, offset=0)`."""
    return consuming.record_of


@pytest_asyncio.fixture(scope="module")
async def programme(system: System):
    """The services as processes, with ids of what is in them."""
    urls = [system.database_url(name) for name in SERVICES]
    for url in urls:
        await consuming.empty(url)
    await services.start(system, SERVICES, settings={}, tell=print)
    try:
        found = Programme(system)
        found.begin()
        yield found
    finally:
        for name in SERVICES:
            await system.processes.stop(name)
        for url in urls:
            await consuming.empty(url)
