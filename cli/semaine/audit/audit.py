"""The audit of a whole system."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from semaine.audit import consequences, truth
from semaine.audit.acts import acts
from semaine.audit.catalogue import catalogue
from semaine.audit.differences import Difference
from shared.contracts.topics import Service
from shared.runtime.database import prepare


async def audit(*, database_urls: Mapping[Service, str], bootstrap_servers: str) -> list[Difference]:
    """Every difference between what registration knows and what became of it. To be run when nothing is on its way."""
    async with _connections(database_urls) as connections:
        known = await truth.read(connections["registration"])
        verdicts = await consequences.verdicts(connections["labelling"])
        return [
            *consequences.guest_lists(known),
            *consequences.waiting_lists(known),
            *await consequences.decisions(known, connections["labelling"]),
            *await consequences.counters(known, connections["stats"]),
            *await consequences.notices(known, connections["notifications"], verdicts=verdicts),
            *await consequences.notices_of_acts(connections["notifications"]),
            *await consequences.announcements(known, connections["notifications"]),
            *await consequences.contacts(known, connections["notifications"]),
            *await acts(connections["registration"], connections["notifications"]),
            *await catalogue(known, bootstrap_servers=bootstrap_servers),
        ]


@asynccontextmanager
async def _connections(urls: Mapping[Service, str]) -> AsyncIterator[dict[Service, asyncpg.Connection]]:
    async with AsyncExitStack() as stack:
        opened: dict[Service, asyncpg.Connection] = {}
        for service, url in urls.items():
            connection = await asyncpg.connect(url, timeout=10)
            stack.push_async_callback(connection.close)
            await prepare(connection)
            opened[service] = connection
        yield opened
