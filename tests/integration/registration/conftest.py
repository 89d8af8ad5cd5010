from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.registration import world
from tests.integration.registration.world import Organiser, Registration


@pytest_asyncio.fixture(scope="module")
async def registration(system, tmp_path_factory) -> AsyncIterator[Registration]:
    made, key = world.settings(system, tmp_path_factory.mktemp("registration"))
    async with world.running(made, key) as running:
        yield running


@pytest_asyncio.fixture
async def edition(registration: Registration) -> str:
    """The id of an edition that takes events and that no other test knows."""
    return await registration.edition()


@pytest_asyncio.fixture
async def organiser(registration: Registration) -> Organiser:
    """An organiser that no other test knows."""
    return await registration.organiser()
