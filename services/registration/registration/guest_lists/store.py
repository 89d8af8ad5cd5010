"""SQL of guest lists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from registration.guest_lists.content import MOST_PEOPLE
from shared.contracts.registration import ParticipationState
from shared.runtime.database import Connection

_TAKE = """
UPDATE guest_lists SET sequence = sequence + 1, parties = parties + 1, announced = announced + $2
WHERE event_id = $1 AND announced + held + $2 <= coalesce(capacity, $3) RETURNING *
"""
_GIVE_BACK = """
UPDATE guest_lists SET sequence = sequence - 1, parties = parties - 1, announced = announced - $2
WHERE event_id = $1 RETURNING *
"""
_FREE = """
UPDATE guest_lists SET sequence = sequence + 1, parties = parties - 1, announced = announced - $2,
    cancelled = cancelled + 1 WHERE event_id = $1 RETURNING *
"""
_RESIZE = """
UPDATE guest_lists SET sequence = sequence + 1, capacity = $2
WHERE event_id = $1 AND ($2::integer IS NULL OR announced + held <= $2) RETURNING *
"""
_ACTUAL = "UPDATE guest_lists SET sequence = sequence + 1, actual = $2 WHERE event_id = $1 RETURNING *"
_ADD = """
INSERT INTO participations AS known (id, event_id, identity, kind, people, name, person_id, notify, confirmations,
                                     status, signed_up_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8 THEN 1 ELSE 0 END, 'active', $9)
ON CONFLICT (event_id, identity) DO UPDATE
    SET (kind, people, name, person_id, notify, confirmations, status, signed_up_at, cancelled_at)
        = (excluded.kind, excluded.people, excluded.name, excluded.person_id, excluded.notify,
           known.confirmations + excluded.confirmations, 'active', excluded.signed_up_at, NULL)
RETURNING id
"""
_CANCEL = """
UPDATE participations SET status = 'cancelled', cancelled_at = $2, cancellations = cancellations + 1 WHERE id = $1
"""
_IS_ON_LIST = """
SELECT EXISTS (SELECT FROM participations WHERE event_id = $1 AND person_id = $2 AND status = 'active')
"""
_STANDING = """
SELECT event.in_catalogue, event.occurrence, person.id AS person_id,
       EXISTS (SELECT FROM participations AS known
               WHERE known.event_id = event.id AND known.person_id = person.id AND known.status = 'active') AS on_list
FROM events AS event LEFT JOIN persons AS person ON person.address = $2
WHERE event.id = $1
"""
_LOCK_MANY = "SELECT * FROM guest_lists WHERE event_id = ANY($1) ORDER BY event_id FOR UPDATE"
_CLOSED = """
SELECT id FROM events
WHERE id = ANY($1) AND (status IN ('refused', 'withdrawn') OR occurrence IN ('postponed', 'cancelled'))
"""
_AWAITED = """
SELECT event_id, min(people) AS people FROM waiting_list WHERE event_id = ANY($1) AND status = 'waiting'
GROUP BY event_id
"""
_KNOWN = """
SELECT p.event_id, p.identity FROM participations p
JOIN unnest($1::uuid[], $2::text[]) AS new (event_id, identity)
    ON p.event_id = new.event_id AND p.identity = new.identity
"""
_SAVE_TOTALS = """
UPDATE guest_lists g SET sequence = new.sequence, parties = new.parties, announced = new.announced
FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[]) AS new (event_id, sequence, parties, announced)
WHERE g.event_id = new.event_id
"""
_PAGE = """
SELECT p.*, s.email FROM participations p LEFT JOIN persons s ON s.id = p.person_id
WHERE p.event_id = $1 AND ($2::uuid IS NULL OR p.id > $2) ORDER BY p.id LIMIT $3
"""
PARTICIPATION_COLUMNS = (
    "id", "event_id", "identity", "kind", "people", "name", "person_id", "notify", "confirmations", "status",
    "signed_up_at",
)  # fmt: skip


async def standing(connection: Connection, event_id: UUID, *, address: str) -> asyncpg.Record | None:
    """
    How the event and who has this address stand; None when there is no event.

    `in_catalogue`: the public sees the event. `person_id`: None for an address that is new. `on_list`: an active
    sign-up has this person's address, whatever identity an import gave it.
    """
    return await connection.fetchrow(_STANDING, event_id, address)


async def is_on_list(connection: Connection, event_id: UUID, *, person_id: UUID) -> bool:
    """Whether an active sign-up has this person's address, whatever identity an import gave it."""
    found: bool = await connection.fetchval(_IS_ON_LIST, event_id, person_id)
    return found


async def take_places(connection: Connection, event_id: UUID, *, people: int) -> asyncpg.Record | None:
    """The list with the places taken; None when there are not enough."""
    return await connection.fetchrow(_TAKE, event_id, people, MOST_PEOPLE)


async def give_back(connection: Connection, event_id: UUID, *, people: int) -> asyncpg.Record:
    """The list as it was before this transaction took places of it."""
    row = await connection.fetchrow(_GIVE_BACK, event_id, people)
    assert row is not None
    return row


async def free_places(connection: Connection, event_id: UUID, *, people: int) -> asyncpg.Record:
    row = await connection.fetchrow(_FREE, event_id, people)
    assert row is not None
    return row


async def set_capacity(connection: Connection, event_id: UUID, *, capacity: int | None) -> asyncpg.Record | None:
    """The resized list; None when more people are on it."""
    return await connection.fetchrow(_RESIZE, event_id, capacity)


async def set_actual(connection: Connection, event_id: UUID, *, people: int) -> asyncpg.Record | None:
    return await connection.fetchrow(_ACTUAL, event_id, people)


async def lock_list(connection: Connection, event_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM guest_lists WHERE event_id = $1 FOR UPDATE", event_id)


async def add_or_revive(
    connection: Connection, *, event_id: UUID, identity: str, name: str, participation: ParticipationState
) -> UUID:
    """The id of the sign-up of somebody who is not on the list; a cancelled one is taken up again."""
    id_: UUID = await connection.fetchval(
        _ADD,
        participation.id,
        event_id,
        identity,
        participation.kind,
        participation.people,
        name,
        participation.contact_id,
        participation.notify,
        participation.signed_up_at,
    )
    return id_


async def read_participation(connection: Connection, *, event_id: UUID, id_: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM participations WHERE event_id = $1 AND id = $2", event_id, id_)


async def find_participation(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    """A sign-up by its id alone, which is a key."""
    return await connection.fetchrow("SELECT * FROM participations WHERE id = $1", id_)


async def keep_place(connection: Connection, id_: UUID) -> bool:
    """Note that the person comes to the event as the last act left it; False when there is no such sign-up."""
    done: str = await connection.execute(
        """
        UPDATE participations p SET kept_act = e.act_number FROM events e
        WHERE p.id = $1 AND p.status = 'active' AND e.id = p.event_id
        """,
        id_,
    )
    return done.endswith("1") or await find_participation(connection, id_) is not None


async def mark_cancelled(connection: Connection, id_: UUID, *, now: datetime) -> None:
    await connection.execute(_CANCEL, id_, now)


async def page(connection: Connection, event_id: UUID, *, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Sign-ups after an id, with their addresses."""
    return await connection.fetch(_PAGE, event_id, after, limit)


async def lock_lists(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Lists by event, locked in one order for all."""
    return {row["event_id"]: row for row in await connection.fetch(_LOCK_MANY, event_ids)}


async def awaited(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The smallest party that waits for places, by event; of those for which somebody waits."""
    rows = await connection.fetch(_AWAITED, event_ids)
    return {row["event_id"]: row["people"] for row in rows}


async def closed_events(connection: Connection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Those to which nobody can sign up. To be read while their lists are held."""
    return {row["id"] for row in await connection.fetch(_CLOSED, event_ids)}


async def known_identities(
    connection: Connection, *, event_ids: Sequence[UUID], identities: Sequence[str]
) -> set[tuple[UUID, str]]:
    """Which of these are on their event's list already, cancelled ones included."""
    rows = await connection.fetch(_KNOWN, event_ids, identities)
    return {(row["event_id"], row["identity"]) for row in rows}


async def save_totals(connection: Connection, totals: Sequence[tuple[UUID, int, int, int]]) -> None:
    """Save (event, sequence, parties, announced) of many lists."""
    await connection.execute(_SAVE_TOTALS, *(list(column) for column in zip(*totals, strict=True)))


async def read_list(connection: Connection, event_id: UUID) -> asyncpg.Record:
    """The list of an event that exists."""
    row = await connection.fetchrow("SELECT * FROM guest_lists WHERE event_id = $1", event_id)
    assert row is not None
    return row
