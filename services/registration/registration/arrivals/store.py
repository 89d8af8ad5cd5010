"""SQL of who came."""

from uuid import UUID

import asyncpg

from shared.runtime.database import Connection

_GUESTS = """
SELECT p.id, p.kind, p.people, p.name, p.status, p.signed_up_at, p.came, s.email
FROM participations p LEFT JOIN persons s ON s.id = p.person_id
WHERE p.event_id = $1 AND (p.status = 'active' OR NOT $2::boolean)
ORDER BY p.status, lower(unaccent(p.name)), p.id LIMIT $3 OFFSET $4
"""


async def guests(
    connection: Connection, event_id: UUID, *, active_only: bool, limit: int | None = None, offset: int = 0
) -> list[asyncpg.Record]:
    """Sign-ups in the order of their names, those that were cancelled last."""
    return await connection.fetch(_GUESTS, event_id, active_only, limit, offset)


async def set_came(connection: Connection, participation_id: UUID, *, people: int | None) -> None:
    await connection.execute("UPDATE participations SET came = $2 WHERE id = $1", participation_id, people)


async def came_with_sign_up(connection: Connection, event_id: UUID) -> int:
    """People seen at the door who had signed up."""
    found: int = await connection.fetchval(
        "SELECT coalesce(sum(came), 0) FROM participations WHERE event_id = $1", event_id
    )
    return found
