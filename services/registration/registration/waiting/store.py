"""SQL of waiting lists. All of it is called while the guest list's row is held, but for what says otherwise."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from registration.guest_lists.content import MOST_PEOPLE
from registration.waiting.domain import Entry, Status
from shared.runtime.database import Connection

_SELECT = """
SELECT w.id, w.event_id, g.edition_id, w.turn, w.person_id, w.kind, w.people, w.name, w.status, w.sequence,
       w.joined_at, w.expires_at, w.revision, w.calendar_sequence, w.act_number, w.participation_id
FROM waiting_list w JOIN guest_lists g ON g.event_id = w.event_id
"""
_INSERT = """
INSERT INTO waiting_list (id, event_id, person_id, kind, people, name, status, joined_at)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7)
"""
_POSITION = """
SELECT count(*) FROM waiting_list w JOIN waiting_list own ON own.event_id = w.event_id
WHERE own.id = $1 AND w.status = 'waiting' AND w.turn <= own.turn
"""
# Somebody whom an import has put on the guest list meanwhile needs no offer.
_IN_LINE = f"""
{_SELECT}
WHERE w.event_id = $1 AND w.status = 'waiting' AND w.people <= $2 AND NOT EXISTS (
    SELECT FROM participations p
    WHERE p.event_id = w.event_id AND p.person_id = w.person_id AND p.status = 'active')
ORDER BY w.turn LIMIT $2
"""
_OFFER = """
UPDATE waiting_list SET status = 'offered', offers = offers + 1, expires_at = $2, revision = $3,
    calendar_sequence = $4, act_number = $5, sequence = sequence + 1
WHERE id = ANY($1)
"""
_END = """
UPDATE waiting_list SET status = $2, name = '', ended_at = $3, participation_id = $4, untold = $5,
    sequence = sequence + 1
WHERE id = ANY($1)
"""
_SUSPEND = "UPDATE waiting_list SET status = 'waiting', sequence = sequence + 1 WHERE id = ANY($1)"
_HOLD = "UPDATE guest_lists SET held = held + $2, waiting = waiting + $3 WHERE event_id = $1"
_ACCEPT = """
UPDATE guest_lists SET sequence = sequence + 1, parties = parties + 1, announced = announced + $2, held = held - $2,
    waiting = waiting - 1 WHERE event_id = $1 RETURNING *
"""
# Lists of which something is to be done: an offer has lapsed or its event has changed, a place is free for somebody.
_TO_TEND = f"""
SELECT g.event_id FROM guest_lists g JOIN events e ON e.id = g.event_id
WHERE g.waiting > 0 AND (
    e.status = 'withdrawn' OR e.occurrence = 'cancelled'
    OR EXISTS (
        SELECT FROM waiting_list w
        WHERE w.event_id = g.event_id AND w.status = 'offered'
            AND (w.expires_at <= $1 OR w.calendar_sequence <> e.calendar_sequence OR NOT e.in_catalogue
                 OR e.occurrence = 'postponed'))
    OR (e.in_catalogue AND e.occurrence <> 'postponed' AND EXISTS (
        SELECT FROM waiting_list w
        WHERE w.event_id = g.event_id AND w.status = 'waiting'
            AND w.people <= coalesce(g.capacity, {MOST_PEOPLE}) - g.announced - g.held
            AND NOT EXISTS (
                SELECT FROM participations p
                WHERE p.event_id = w.event_id AND p.person_id = w.person_id AND p.status = 'active'))))
ORDER BY g.event_id LIMIT $2
"""
_FORGET = """
UPDATE waiting_list SET person_id = NULL, name = '' WHERE person_id = $1
"""


def free_places(row: asyncpg.Record) -> int:
    """Of a guest list's row: neither taken nor offered."""
    capacity: int = MOST_PEOPLE if row["capacity"] is None else row["capacity"]
    return capacity - int(row["announced"]) - int(row["held"])


async def add(
    connection: Connection, event_id: UUID, *, person_id: UUID, kind: str, people: int, name: str, now: datetime
) -> Entry:
    """A new entry, last in line."""
    id_ = uuid4()  # whoever knows it answers: nothing of it can be guessed
    await connection.execute(_INSERT, id_, event_id, person_id, kind, people, name, now)
    await connection.execute(_HOLD, event_id, 0, 1)
    entry = await read(connection, id_)
    assert entry is not None
    return entry


async def read(connection: Connection, id_: UUID) -> Entry | None:
    """An entry, whoever holds its list."""
    row = await connection.fetchrow(f"{_SELECT} WHERE w.id = $1", id_)
    return Entry(**row) if row else None


async def position(connection: Connection, id_: UUID) -> int:
    """1 for the first who waits, whoever holds the list."""
    found: int = await connection.fetchval(_POSITION, id_)
    return found


async def standing(connection: Connection, event_id: UUID) -> list[Entry]:
    """All who wait or have an offer, in turn."""
    return (await standing_of(connection, [event_id])).get(event_id, [])


async def standing_of(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Of each event for which somebody waits or has an offer, all who do, in turn."""
    found: dict[UUID, list[Entry]] = defaultdict(list)
    rows = await connection.fetch(
        f"{_SELECT} WHERE w.event_id = ANY($1) AND w.status IN ('waiting', 'offered') ORDER BY w.turn", event_ids
    )
    for row in rows:
        found[row["event_id"]].append(Entry(**row))
    return found


async def own(connection: Connection, event_id: UUID, *, person_id: UUID) -> Entry | None:
    """The person's standing entry."""
    row = await connection.fetchrow(
        f"{_SELECT} WHERE w.event_id = $1 AND w.person_id = $2 AND w.status IN ('waiting', 'offered')",
        event_id,
        person_id,
    )
    return Entry(**row) if row else None


async def of_person(connection: Connection, person_id: UUID) -> list[Entry]:
    """All of a person's entries, ended ones included, whoever holds their lists."""
    rows = await connection.fetch(f"{_SELECT} WHERE w.person_id = $1 ORDER BY w.joined_at, w.id", person_id)
    return [Entry(**row) for row in rows]


async def in_line(connection: Connection, event_id: UUID, *, free: int) -> list[Entry]:
    """Who waits and fits into the free places, in turn."""
    return [Entry(**row) for row in await connection.fetch(_IN_LINE, event_id, max(free, 0))]


async def offer(
    connection: Connection,
    entries: Sequence[Entry],
    *,
    expires_at: datetime,
    revision: int,
    calendar_sequence: int,
    act_number: int,
) -> None:
    """Offer places to entries of one list that wait, and hold them."""
    ids = [each.id for each in entries]
    await connection.execute(_OFFER, ids, expires_at, revision, calendar_sequence, act_number)
    await connection.execute(_HOLD, entries[0].event_id, sum(each.people for each in entries), 0)


async def suspend(connection: Connection, entries: Sequence[Entry]) -> None:
    """Take offers on one list back; the entries keep their turn."""
    await connection.execute(_SUSPEND, [each.id for each in entries])
    await connection.execute(_HOLD, entries[0].event_id, -sum(each.people for each in entries), 0)


async def end(
    connection: Connection, entries: Sequence[Entry], *, status: Status, untold: bool = False, now: datetime
) -> None:
    """End entries of one list; what was held for them is free. `untold`: a notice of an act is to say it."""
    await connection.execute(_END, [each.id for each in entries], status, now, None, untold)
    held = sum(each.people for each in entries if each.status == "offered")
    await connection.execute(_HOLD, entries[0].event_id, -held, -len(entries))


async def accept(connection: Connection, entry: Entry, *, participation_id: UUID, now: datetime) -> asyncpg.Record:
    """Turn what is held into places taken; answers the guest list."""
    await connection.execute(_END, [entry.id], "accepted", now, participation_id, False)  # noqa: FBT003 - a column
    row = await connection.fetchrow(_ACCEPT, entry.event_id, entry.people)
    assert row is not None
    return row


async def forget(connection: Connection, person_id: UUID) -> None:
    """Entries stay as numbers; the person's standing ones have ended before."""
    await connection.execute(_FORGET, person_id)


async def to_tend(connection: Connection, *, now: datetime, limit: int) -> list[UUID]:
    """Events of whose lists something is to be done, whoever holds them."""
    return [row["event_id"] for row in await connection.fetch(_TO_TEND, now, limit)]
