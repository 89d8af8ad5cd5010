"""SQL of imports, of their problems, and of the keys that name them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import asyncpg

from registration.imports.reading import RowProblem
from shared.contracts.base import Bilingual
from shared.runtime.database import Connection, Database

_BEGIN = """
INSERT INTO imports (id, kind, edition_id, subject, status, started_at) VALUES ($1, $2, $3, $4, 'running', $5)
"""
_ADVANCE = """
UPDATE imports SET rows = rows + $2, created = created + $3, changed = changed + $4, unchanged = unchanged + $5,
    refused = refused + $6 WHERE id = $1
"""
_FINISH = "UPDATE imports SET status = $2, detail = $3, detail_fr = $4, finished_at = $5 WHERE id = $1"
_PROBLEMS = """
SELECT number, line, field, reason, reason_fr FROM import_problems
WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT $3
"""
_RESOLVE = """
SELECT e.reference, e.id, e.organiser_id, e.in_catalogue FROM events e
WHERE e.edition_id = $1 AND (e.reference = ANY($2::text[]) OR e.id = ANY($3::uuid[]))
"""


@dataclass(slots=True)
class Tally:
    """What became of rows."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


async def begin(connection: Connection, *, id_: UUID, kind: str, edition_id: str, subject: str, now: datetime) -> None:
    await connection.execute(_BEGIN, id_, kind, edition_id, subject, now)


async def advance(
    connection: Connection, id_: UUID, *, tally: Tally, problems: Sequence[RowProblem], first_number: int
) -> None:
    """Add a batch's result, in its transaction."""
    await connection.execute(_ADVANCE, id_, tally.rows, tally.created, tally.changed, tally.unchanged, tally.refused)
    if problems:
        rows = [
            (id_, first_number + index, problem.line, problem.field, problem.reason.en, problem.reason.fr)
            for index, problem in enumerate(problems)
        ]
        await connection.copy_records_to_table(
            "import_problems", records=rows, columns=("import_id", "number", "line", "field", "reason", "reason_fr")
        )


async def finish(connection: Connection, id_: UUID, *, status: str, detail: Bilingual, now: datetime) -> None:
    await connection.execute(_FINISH, id_, status, detail.en, detail.fr, now)


async def read(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM imports WHERE id = $1", id_)


async def problems(connection: Connection, id_: UUID, *, after: int, limit: int) -> list[asyncpg.Record]:
    return await connection.fetch(_PROBLEMS, id_, after, limit)


def words_of(row: asyncpg.Record, name: Literal["reason", "detail"]) -> Bilingual:
    """Rows from before imports spoke French have English alone."""
    return Bilingual(fr=row[f"{name}_fr"] or row[name], en=row[name])


async def resolve_events(
    connection: Connection, *, edition_id: str, references: Sequence[str], ids: Sequence[UUID]
) -> list[asyncpg.Record]:
    """Events of the edition by reference or id."""
    return await connection.fetch(_RESOLVE, edition_id, references, ids)


@asynccontextmanager
async def hold_key(database: Database, scope: str) -> AsyncIterator[bool]:
    """
    Hold an import's key while it runs; False when another process does. A process that dies lets go of it.

    The connection is none of the pool's: imports that hold one each would leave none to work with.
    """
    connection = await asyncpg.connect(database.dsn, timeout=10, server_settings={"application_name": "semaine import"})
    try:
        yield await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", scope)
    finally:
        connection.terminate()


class KnownAnswer(NamedTuple):
    """What was answered to a key."""

    fingerprint: bytes
    status: int
    media_type: str
    body: bytes


async def known_answer(connection: Connection, *, scope: str, key: str) -> KnownAnswer | None:
    row = await connection.fetchrow("SELECT * FROM idempotency WHERE scope = $1 AND key = $2", scope, key)
    return KnownAnswer(row["fingerprint"], row["status"], row["headers"]["content-type"], row["body"]) if row else None


async def remember_answer(
    connection: Connection, *, scope: str, key: str, fingerprint: bytes, status: int, media_type: str, body: bytes
) -> None:
    await connection.execute(
        "INSERT INTO idempotency (scope, key, fingerprint, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6)",
        scope,
        key,
        fingerprint,
        status,
        {"content-type": media_type},
        body,
    )
