"""Room for the peers on the servers of the system that is measured: a database and topics of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka.admin import NewTopic

from semaine.system.system import System
from semaine.system.topics import administrator

_DATABASE = "bench_peers"


async def peer_database(system: System) -> str:
    """Create the peers' database; its URL."""
    connection = await asyncpg.connect(system.admin_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _DATABASE):
            await connection.execute(f"CREATE DATABASE {_DATABASE}")
    finally:
        await connection.close()
    return urlunsplit(urlsplit(system.admin_url)._replace(path=f"/{_DATABASE}"))


@asynccontextmanager
async def peer_topic(system: System, name: str, *, partitions: int) -> AsyncIterator[str]:
    """A topic that is deleted again."""
    async with administrator(system.bootstrap_servers) as admin:
        await admin.create_topics([NewTopic(name, partitions, 1)])
        yield name
        await admin.delete_topics([name])
