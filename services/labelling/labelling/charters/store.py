"""SQL of charters."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from labelling.domain.charter import Charter
from shared.runtime.database import Connection

_INSERT = """
INSERT INTO charters (version, editions, valid_from, valid_until, document, published_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (version) DO NOTHING RETURNING version
"""
_IS_SAME = "SELECT document = $2 FROM charters WHERE version = $1"
_READ = "SELECT document::text FROM charters WHERE version = $1"
_READ_ALL = """
SELECT version, editions, jsonb_build_object('first_day', valid_from, 'last_day', valid_until) AS validity,
       document->'title' AS title, published_at,
       ARRAY(SELECT edition_id FROM charters_in_force AS held WHERE held.version = charters.version ORDER BY edition_id)
       AS in_force_for
FROM charters ORDER BY number DESC
"""
_CURRENT = """
SELECT edition_id, document::text FROM charters_in_force JOIN charters USING (version) WHERE edition_id = ANY ($1)
"""


async def insert(connection: Connection, charter: Charter, *, document: str, published_at: datetime) -> bool:
    """Keep a charter; `document` is it as JSON. False when that version is there already."""
    row = await connection.fetchval(
        _INSERT,
        charter.version,
        charter.editions,
        charter.validity.first_day,
        charter.validity.last_day,
        orjson.Fragment(document),
        published_at,
    )
    return row is not None


async def is_same(connection: Connection, *, version: str, document: str) -> bool:
    """Whether the published version says exactly this."""
    return bool(await connection.fetchval(_IS_SAME, version, orjson.Fragment(document)))


async def read(connection: Connection, version: str) -> str | None:
    """The document of a version as JSON."""
    document: str | None = await connection.fetchval(_READ, version)
    return document


async def read_all(connection: Connection) -> list[asyncpg.Record]:
    """Version, editions, validity, title, time of publication and editions of each charter, the latest first."""
    return await connection.fetch(_READ_ALL)


async def current(connection: Connection, edition_ids: Sequence[str]) -> dict[str, str]:
    """The document, as JSON, of the charter in force for each edition; editions without one are missing."""
    return {row["edition_id"]: row["document"] for row in await connection.fetch(_CURRENT, edition_ids)}
