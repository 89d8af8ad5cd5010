"""
Real servers for all tests.

PostgreSQL and Kafka come from the first of: addresses in DATABASE_ADMIN_URL and KAFKA_BOOTSTRAP_SERVERS; containers,
when TEST_SERVERS=containers asks for them; the embedded servers. The same tests pass on each.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

from semaine.system.system import Elsewhere
from semaine.system.throwaway import throwaway_system
from tests.containers import containers

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
"""No test fails for the time that it takes."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every program that a test starts and ends by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_WHOLE = Path(__file__).parent / "end_to_end"


@contextmanager
def _elsewhere() -> Iterator[Elsewhere]:
    given = Elsewhere.from_environment()
    if given != Elsewhere() or os.environ.get("TEST_SERVERS") != "containers":
        yield given
        return
    with containers() as started:
        yield started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what takes longest, so that no process is left alone with it; `whole` also has to go before `system`."""
    items.sort(key=lambda item: not item.path.is_relative_to(_WHOLE))


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """Servers that are not embedded, if any."""
    with _elsewhere() as found:
        yield found


@pytest_asyncio.fixture(scope="session")
async def system(elsewhere):
    """PostgreSQL with every service's database, and Kafka with every topic; no service runs."""
    async with throwaway_system(elsewhere=elsewhere) as started:
        yield started
