"""SQL of charters."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from shared.runtime.database import Connection

_INSERT = """
INSERT INTO charters (version, editions, document, published_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (version) DO NOTHING RETURNING version
"""
_IS_SAME = "SELECT document = $2 FROM charters WHERE version = $1"
_READ = "SELECT document::text FROM charters WHERE version = $1"
_READ_ALL = """
SELECT version, editions, document->'title' AS title, published_at FROM charters ORDER BY number DESC
"""
_CURRENT = """
SELECT DISTINCT ON (wanted.edition_id) wanted.edition_id, charters.document::text
FROM unnest($1::text[]) AS wanted (edition_id)
JOIN charters ON charters.editions && ARRAY[wanted.edition_id, '*']
ORDER BY wanted.edition_id, wanted.edition_id = ANY (charters.editions) DESC, charters.number DESC
"""


async def insert(
    connection: Connection, *, version: str, editions: Sequence[str], document: str, published_at: datetime
) -> bool:
    """Keep a charter, given as JSON; False when that version is there already."""
    row = await connection.fetchval(_INSERT, version, editions, orjson.Fragment(document), published_at)
    return row is not None


async def is_same(connection: Connection, *, version: str, document: str) -> bool:
    """Whether the published version says exactly this."""
    return bool(await connection.fetchval(_IS_SAME, version, orjson.Fragment(document)))


async def read(connection: Connection, version: str) -> str | None:
    """The document of a version as JSON."""
    document: str | None = await connection.fetchval(_READ, version)
    return document


async def read_all(connection: Connection) -> list[asyncpg.Record]:
    """Version, editions, title and time of publication of each charter, the latest first."""
    return await connection.fetch(_READ_ALL)


async def current(connection: Connection, edition_ids: Sequence[str]) -> dict[str, str]:
    """The document, as JSON, of the charter that holds for each edition; editions without one are missing."""
    return {row["edition_id"]: row["document"] for row in await connection.fetch(_CURRENT, edition_ids)}
