"""Servers that run elsewhere, lent to a throwaway system: they must be empty of ours before, and are again after."""

from semaine.failure import Failure
from semaine.system.databases import connect
from semaine.system.system import Elsewhere
from semaine.system.topics import administrator, wanted
from shared.contracts.topics import SERVICES


class NotEmptyError(Failure):
    """A server lent to a throwaway system already holds databases or topics of a real one."""


async def check_empty(servers: Elsewhere) -> None:
    """Raise `NotEmptyError` rather than touch what somebody may still want."""
    if servers.database_admin_url:
        found = await _databases(servers.database_admin_url)
        if found:
            raise NotEmptyError(_explain("PostgreSQL", "databases", found))
    if servers.kafka_bootstrap_servers:
        found = await _topics(servers.kafka_bootstrap_servers)
        if found:
            raise NotEmptyError(_explain("Kafka", "topics", found))


async def clear(servers: Elsewhere) -> None:
    """Drop the services' databases and roles, and the topics."""
    if servers.database_admin_url:
        await _drop_databases(servers.database_admin_url)
    if servers.kafka_bootstrap_servers:
        await _delete_topics(servers.kafka_bootstrap_servers)


async def _databases(url: str) -> list[str]:
    connection = await connect(url)
    try:
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE datname = ANY($1)", list(SERVICES))
    finally:
        await connection.close()
    return [row["datname"] for row in rows]


async def _drop_databases(url: str) -> None:
    connection = await connect(url)
    try:
        for service in SERVICES:
            await connection.execute(f"DROP DATABASE IF EXISTS {service} WITH (FORCE)")
            await connection.execute(f"DROP ROLE IF EXISTS {service}")
    finally:
        await connection.close()


async def _topics(bootstrap_servers: str) -> list[str]:
    async with administrator(bootstrap_servers) as admin:
        return sorted(set(await admin.list_topics()) & {topic.name for topic in wanted()})


async def _delete_topics(bootstrap_servers: str) -> None:
    found = await _topics(bootstrap_servers)
    async with administrator(bootstrap_servers) as admin:
        await admin.delete_topics(found)


def _explain(server: str, what: str, found: list[str]) -> str:
    return (
        f"this {server} already holds {what} of a system: {', '.join(found)}. "
        "A throwaway system deletes its own at the end, so it needs a server without them."
    )
