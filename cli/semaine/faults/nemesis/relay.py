"""The relay that leads loses its database connection."""

import contextlib

import asyncpg

from semaine.faults import members
from semaine.faults.cluster import Cluster
from semaine.faults.nemesis.fault import Fault

_CONNECT_SECONDS = 3
_DROP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = $1 AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)
"""


async def drop_relay_connections(cluster: Cluster, fault: Fault) -> None:
    """End the session that holds the relay's lock. Nothing happens while the database is away: it is dropped then."""
    service = members.service_of(fault.targets[-1])
    with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(cluster.system.admin_url, timeout=_CONNECT_SECONDS)
        try:
            await connection.execute(_DROP, service, timeout=_CONNECT_SECONDS)
        finally:
            connection.terminate()
