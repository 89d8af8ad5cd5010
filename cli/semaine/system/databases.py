"""
The databases of the services: created with a role of their own each, and migrated by dbmate.

This can be done again at any time, and by two at once: dbmate holds a lock while it migrates.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from semaine.failure import Failure
from semaine.servers.packages import folder, program
from semaine.system.process import StartError, run
from semaine.system.processes import together
from semaine.system.system import database_url
from semaine.system.waiting import UnreachableError
from shared.contracts.topics import Service

_LOCK = 7_261_450_220
_PORT = 5432
_CONNECT_SECONDS = 10
_MIGRATE_SECONDS = 120


class DatabaseError(Failure):
    """A database could not be created or migrated; says which and why."""


async def prepare(*, admin_url: str, passwords: Mapping[Service, str]) -> None:
    """Create what is missing and migrate everything. Raises `UnreachableError`, `DatabaseError`."""
    await create(admin_url=admin_url, passwords=passwords)
    await together(*(migrate(admin_url=admin_url, service=name, password=secret) for name, secret in passwords.items()))


async def create(*, admin_url: str, passwords: Mapping[Service, str]) -> None:
    """Give each service its role and its database, which nobody else may enter. Sets the role's password."""
    connection = await connect(admin_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for service, password in passwords.items():
            await _create_one(connection, service, password)
    except asyncpg.PostgresError as error:
        raise DatabaseError(f"cannot create the databases as {urlsplit(admin_url).username}: {error}") from error
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    """Raises `UnreachableError`, `DatabaseError`."""
    place = f"PostgreSQL at {urlsplit(url).hostname}:{urlsplit(url).port or _PORT}"
    try:
        return await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise UnreachableError(f"{place} does not answer: {error or 'no answer'}") from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseError(f"{place} does not let {urlsplit(url).username} in: {error}") from error


async def _create_one(connection: asyncpg.Connection, service: Service, password: str) -> None:
    secret = await connection.fetchval("SELECT quote_literal($1)", password)
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", service):
        await connection.execute(f"CREATE ROLE {service} LOGIN")
        await connection.execute(f"GRANT {service} TO CURRENT_USER")
    await connection.execute(f"ALTER ROLE {service} PASSWORD {secret}")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", service):
        await connection.execute(f"CREATE DATABASE {service} OWNER {service}")
        await connection.execute(f"REVOKE ALL ON DATABASE {service} FROM PUBLIC")


async def migrate(*, admin_url: str, service: Service, password: str) -> None:
    """Apply the migrations that a service's database lacks, as the service's role. Raises `DatabaseError`."""
    url = _for_dbmate(database_url(admin_url=admin_url, service=service, password=password))
    arguments = [part for path in migration_folders(service) for part in ("--migrations-dir", str(path))]
    # Without --env-file it would read an .env file from where it runs.
    options = ["--env-file", os.devnull, "--no-dump-schema", "--migration-lock"]
    try:
        await run(
            [program("dbmate"), *options, *arguments, "migrate"],
            folder=Path.cwd(),
            environment={"PATH": os.environ.get("PATH", ""), "DATABASE_URL": url},
            seconds=_MIGRATE_SECONDS,
        )
    except StartError as error:
        raise DatabaseError(f"the database {service} could not be migrated: {error}") from error


def migration_folders(service: Service) -> Sequence[Path]:
    """The runtime's migrations and the service's own."""
    return folder("shared.runtime") / "migrations", folder(service) / "migrations"


def _for_dbmate(url: str) -> str:
    """Its driver insists on TLS unless told otherwise."""
    parts = urlsplit(url)
    query = parts.query if "sslmode=" in parts.query else "&".join(filter(None, [parts.query, "sslmode=disable"]))
    return urlunsplit(parts._replace(query=query))
