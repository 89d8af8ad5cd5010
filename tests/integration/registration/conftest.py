from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from joserfc.jwk import OKPKey

from registration.settings import Settings
from tests.integration.registration import world
from tests.integration.registration.world import Organiser, Registration


@pytest.fixture(scope="module")
def settings_and_key(system, tmp_path_factory) -> tuple[Settings, OKPKey]:
    return world.settings(system, tmp_path_factory.mktemp("registration"))


@pytest_asyncio.fixture(scope="module")
async def registration(settings_and_key) -> AsyncIterator[Registration]:
    async with world.running(*settings_and_key) as running:
        yield running


@pytest_asyncio.fixture
async def edition(registration: Registration) -> str:
    """The id of an edition that takes events and that no other test knows."""
    return await registration.edition()


@pytest_asyncio.fixture
async def organiser(registration: Registration) -> Organiser:
    """An organiser that no other test knows."""
    return await registration.organiser()
