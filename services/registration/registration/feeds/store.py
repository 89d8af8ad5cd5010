"""
SQL of feeds.

A reader that asks for what comes after a position must not miss what commits later under a lower one. So a change has
no position at first; whoever reads gives positions to what has none, in the order of ids, one transaction after another
under a lock that ends with the commit. What is being changed at that moment gets its position from the next reader.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from registration.events import store as events
from registration.events.stored import stored
from registration.feeds.domain import Entry, Selection, State
from registration.programme.store import Places
from shared.runtime.database import Connection

_GIVE_POSITIONS = """
WITH changed AS (
    SELECT event_id FROM feed WHERE edition_id = $1 AND position IS NULL ORDER BY event_id FOR UPDATE SKIP LOCKED
), numbered AS (
    SELECT event_id, nextval('feed_positions') AS position, clock_timestamp() AS changed_at FROM changed
)
UPDATE feed SET position = numbered.position, changed_at = numbered.changed_at
FROM numbered WHERE feed.event_id = numbered.event_id
"""
_ENTRIES = f"""
SELECT entry.*, f.position AS feed_position, f.changed_at AS feed_changed_at, f.gone AS feed_gone,
       g.capacity AS list_capacity, g.announced AS list_announced, g.held AS list_held, g.actual AS list_actual
FROM feed f
JOIN ({events.SELECT}) AS entry ON entry.id = f.event_id
JOIN guest_lists g ON g.event_id = f.event_id
WHERE f.edition_id = $1
"""
_WHOLE = f"{_ENTRIES} ORDER BY entry.id"
_SINCE = f"""
{_ENTRIES} AND f.position > $2 AND ($3::timestamptz IS NULL OR f.changed_at > $3)
AND (NOT $4::boolean OR NOT f.gone)
ORDER BY f.position LIMIT $5
"""
_LATEST = f"{_ENTRIES} AND NOT f.gone ORDER BY f.position DESC NULLS FIRST"


async def give_positions(connection: Connection, edition_id: str) -> None:
    """Number what has changed; in a transaction of its own."""
    if await connection.fetchval(
        "SELECT EXISTS (SELECT FROM feed WHERE edition_id = $1 AND position IS NULL)", edition_id
    ):
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('feed ' || $1, 0))", edition_id)
        await connection.execute(_GIVE_POSITIONS, edition_id)


async def state(connection: Connection, edition_id: str) -> State:
    row = await connection.fetchrow(
        "SELECT coalesce(max(position), 0) AS position, max(changed_at) AS changed_at FROM feed WHERE edition_id = $1",
        edition_id,
    )
    assert row is not None
    return State(position=row["position"], changed_at=row["changed_at"])


async def whole(connection: Connection, selection: Selection) -> list[Entry]:
    """All that is or was in the programme, in the order of ids."""
    return _entries(await connection.fetch(_WHOLE, selection.edition_id), selection)


async def latest(connection: Connection, selection: Selection, *, limit: int) -> list[Entry]:
    """What is in the selection, the last changed first."""
    found = _entries(await connection.fetch(_LATEST, selection.edition_id), selection)
    return [entry for entry in found if not entry.gone][:limit]


async def since(
    connection: Connection,
    selection: Selection,
    *,
    after: int,
    updated_after: datetime | None,
    limit: int,
    without_gone: bool,
) -> list[Entry]:
    """
    What has changed, in the order of positions, at most `limit` entries before the selection is applied.

    `without_gone`: leave out what is gone, for who begins and knows nothing that could go.
    """
    rows = await connection.fetch(_SINCE, selection.edition_id, after, updated_after, without_gone, limit)
    return _entries(rows, selection)


def _entries(rows: Sequence[asyncpg.Record], selection: Selection) -> list[Entry]:
    return [_entry(row, selection) for row in rows]


def _entry(row: asyncpg.Record, selection: Selection) -> Entry:
    event = stored(row).public_state()
    return Entry(
        position=row["feed_position"],
        changed_at=row["feed_changed_at"],
        event=event,
        places=Places(row["list_capacity"], row["list_announced"], row["list_held"]),
        actual=row["list_actual"],
        gone=row["feed_gone"] or not selection.holds(event),
    )
