"""PostgreSQL: the pool, transactions, and which errors pass by themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg
import orjson

Connection: TypeAlias = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

_PASSING_CLASSES = ("08", "0A", "25", "26", "28", "3D", "40", "42", "53", "55", "57", "58", "XX")
"""SQLSTATE classes that say nothing against the message: connection, a plan from before a migration, a standby that is
read only, a statement the pooler forgot, credentials, database not there, conflict, schema not there, resources, locks,
operator intervention, system and internal errors. What is left are mostly data (22) and integrity (23) errors."""


def is_transient(error: BaseException) -> bool:
    """Whether trying again later can help: the fault lies with the database or the network, not with the data."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "XX").startswith(_PASSING_CLASSES)
    if isinstance(error, ValueError):  # asyncpg's own DataError too: an argument that no column takes
        return False
    return isinstance(error, (OSError, asyncio.TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError))


class DatabaseNotMigratedError(Exception):
    """The database lacks migrations; run `semaine migrate`."""


async def prepare(connection: asyncpg.Connection) -> None:
    """Make a connection speak JSON as Python values."""
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda data: orjson.loads(data[1:]),
        schema="pg_catalog",
        format="binary",
    )


async def _keep_session(_connection: Connection) -> None:
    """Leave the session as it is on release: no code changes its state, so no reset needs a round trip."""


class Database:
    """One service's database. `committed` is called after each transaction, so that the relay wakes at once."""

    def __init__(self, *, dsn: str, connections: int) -> None:
        self.dsn = dsn
        self._connections = connections
        self._pool: asyncpg.Pool | None = None
        self.committed: Callable[[], None] = lambda: None

    @property
    def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._connections,
            timeout=10,
            command_timeout=60,
            init=prepare,
            reset=_keep_session,
            server_settings={"application_name": "semaine", "jit": "off"},
        )

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A read-committed transaction; rolled back if the block raises."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection
        self.committed()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for statements that write nothing."""
        async with self.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def own_session(self, name: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
        """
        A connection beside the pool, for what lives as long as its session: locks across transactions, LISTEN.

        A server that is gone is noticed within about ten seconds. At the end the connection is dropped, whatever runs.
        """
        connection = await asyncpg.connect(
            self.dsn,
            timeout=10,
            command_timeout=60,
            server_settings={
                "application_name": f"semaine {name}",
                "jit": "off",
                "tcp_keepalives_idle": "5",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
                **settings,
            },
        )
        try:
            await prepare(connection)
            yield connection
        finally:
            connection.terminate()

    async def check_migrated(self, *folders: Path) -> None:
        """Raise `DatabaseNotMigratedError` unless every migration of `folders` has been applied."""
        wanted = {file.name.split("_")[0] for folder in folders for file in folder.glob("*.sql")}
        async with self.reading() as connection:
            try:
                rows = await connection.fetch("SELECT version FROM schema_migrations")
            except asyncpg.UndefinedTableError:
                rows = []
        missing = sorted(wanted - {row["version"] for row in rows})
        if missing:
            raise DatabaseNotMigratedError(
                f"the database lacks migrations {', '.join(missing)}: run `semaine migrate` first"
            )
