"""SQL of claims and comments."""

from datetime import datetime
from uuid import UUID

import asyncpg

from shared.runtime.database import Connection

_CLAIM = "UPDATE reviews SET claimed_by = $2, claimed_until = $3 WHERE decision_id = $1"
_COMMENT = """
INSERT INTO comments (id, event_id, author, handed_to, text, written_at) VALUES ($1, $2, $3, $4, $5, $6)
"""
_COMMENTS = """
SELECT id, author, handed_to, text, written_at FROM comments WHERE event_id = $1 ORDER BY written_at, id LIMIT 500
"""


async def claim(connection: Connection, decision_id: UUID, *, by: str | None, until: datetime | None) -> None:
    """Give a review to somebody, or to nobody; the caller has locked its case."""
    await connection.execute(_CLAIM, decision_id, by, until)


async def comment(
    connection: Connection,
    *,
    id_: UUID,
    event_id: UUID,
    author: str,
    text: str,
    now: datetime,
    handed_to: str | None = None,
) -> None:
    await connection.execute(_COMMENT, id_, event_id, author, handed_to, text, now)


async def comments(connection: Connection, event_id: UUID) -> list[asyncpg.Record]:
    """What was said about an event, the first first."""
    return await connection.fetch(_COMMENTS, event_id)
