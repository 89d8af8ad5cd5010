"""SQL of what organisers see of their own events."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from registration.own_events.domain import Own
from shared.runtime.database import Connection

_OWN = """
SELECT e.id, e.organiser_id, e.edition_id, e.status, e.content, e.time_zone,
    e.occurrence, e.answer, e.act_number, g.capacity, g.announced, g.parties, g.actual, e.changed_at
FROM events e JOIN guest_lists g ON g.event_id = e.id WHERE e.organiser_id = $1
UNION ALL
SELECT d.id, d.organiser_id, d.edition_id, 'draft', d.content, 'Europe/Paris',
    'scheduled', 'not_asked', 0, NULL, 0, 0, NULL, d.changed_at
FROM drafts d WHERE d.organiser_id = $1
"""
_PAGE = f"""
SELECT own.* FROM ({_OWN}) AS own JOIN editions ON editions.id = own.edition_id
ORDER BY editions.number DESC, own.status <> 'draft', own.status = 'withdrawn',
    own.content->'slots'->0->>'begin', own.id
LIMIT $2 OFFSET $3
"""
_COUNTS = f"SELECT status, count(*) AS number FROM ({_OWN}) AS own WHERE edition_id = $2 GROUP BY status"
_PEOPLE = """
SELECT coalesce(sum(g.announced), 0) AS announced, coalesce(sum(g.actual), 0) AS actual
FROM events e JOIN guest_lists g ON g.event_id = e.id WHERE e.organiser_id = $1 AND e.edition_id = $2
"""
_HISTORY = """
SELECT sequence, happened_at, status, changed, act_number, answer, occurrence,
    lag(status) OVER in_order AS status_before, lag(act_number) OVER in_order AS act_before,
    lag(answer) OVER in_order AS answer_before
FROM event_history WHERE event_id = $1 WINDOW in_order AS (ORDER BY sequence) ORDER BY sequence DESC
"""


async def page(connection: Connection, organiser_id: UUID, *, limit: int, offset: int) -> list[Own]:
    """An organiser's events and drafts: the latest edition first, drafts before the rest, then in order of time."""
    return [_own(row) for row in await connection.fetch(_PAGE, organiser_id, limit, offset)]


async def read(connection: Connection, organiser_id: UUID, id_: UUID) -> Own | None:
    """One of them; None for what is somebody else's."""
    row = await connection.fetchrow(f"SELECT * FROM ({_OWN}) AS own WHERE id = $2", organiser_id, id_)
    return _own(row) if row else None


async def counts(connection: Connection, organiser_id: UUID, *, edition_id: str) -> Mapping[str, int]:
    """Events of an edition by status, with what there is none of left out; `announced` and `actual` people."""
    rows = await connection.fetch(_COUNTS, organiser_id, edition_id)
    people = await connection.fetchrow(_PEOPLE, organiser_id, edition_id)
    return {row["status"]: row["number"] for row in rows} | dict(people or {})


async def empty_draft(connection: Connection, organiser_id: UUID, *, edition_id: str) -> UUID | None:
    """A draft in which nothing has been written yet."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM drafts WHERE organiser_id = $1 AND edition_id = $2 AND content = '{}' LIMIT 1",
        organiser_id,
        edition_id,
    )
    return found


async def history(connection: Connection, event_id: UUID) -> list[asyncpg.Record]:
    """What happened to an event, the latest first, each with what was true before it."""
    return await connection.fetch(_HISTORY, event_id)


def _own(row: asyncpg.Record) -> Own:
    return Own(**dict(row))
