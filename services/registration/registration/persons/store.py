"""SQL of a person's data, wherever it stands."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from shared.runtime.database import Connection

_SIGN_UPS = """
SELECT p.id, p.event_id, e.content->>'title' AS event, p.kind, p.people, p.name, p.status, p.signed_up_at,
       p.cancelled_at
FROM participations p JOIN events e ON e.id = p.event_id WHERE p.person_id = $1 ORDER BY p.signed_up_at, p.id
"""
_WAITING = """
SELECT w.id, w.event_id, e.content->>'title' AS event, w.kind, w.people, w.name, w.status, w.joined_at, w.ended_at
FROM waiting_list w JOIN events e ON e.id = w.event_id WHERE w.person_id = $1 ORDER BY w.joined_at, w.id
"""
_FORGET_PERSON = """
UPDATE persons SET address = 'erased ' || id, email = '', name = '', contact_sequence = contact_sequence + 1
WHERE id = $1 AND email <> '' RETURNING contact_sequence
"""
_FORGET_SIGN_UPS = """
UPDATE participations SET identity = 'erased:' || id, name = '', person_id = NULL, notify = false WHERE person_id = $1
"""
_FORGET_ORGANISER = """
UPDATE organisers SET identity = CASE WHEN identity LIKE 'name:%' THEN 'erased:' || id ELSE identity END, email = '',
    contact_name = '', phone = '', contact_sequence = contact_sequence + 1
WHERE id = $1 AND email <> '' RETURNING contact_sequence
"""


async def person(connection: Connection, address: str) -> asyncpg.Record | None:
    """Who has signed up with this address."""
    return await connection.fetchrow("SELECT * FROM persons WHERE address = $1", address)


async def organisers(connection: Connection, email: str) -> list[asyncpg.Record]:
    """Organisers whose contact has this address."""
    return await connection.fetch("SELECT * FROM organisers WHERE lower(email) = lower($1) ORDER BY id", email)


async def sign_ups(connection: Connection, person_id: UUID) -> list[asyncpg.Record]:
    """All sign-ups of a person, cancelled ones included."""
    return await connection.fetch(_SIGN_UPS, person_id)


async def waiting(connection: Connection, person_id: UUID) -> list[asyncpg.Record]:
    """All entries of a person on waiting lists, ended ones included."""
    return await connection.fetch(_WAITING, person_id)


async def forget_person(connection: Connection, id_: UUID) -> int | None:
    """Erase name and address; sign-ups stay as numbers. The sequence of the contact's tombstone; None: it was gone."""
    sequence: int | None = await connection.fetchval(_FORGET_PERSON, id_)
    await connection.execute(_FORGET_SIGN_UPS, id_)
    return sequence


async def forget_organiser(connection: Connection, id_: UUID) -> int | None:
    """Erase the contact; the organisation stays. The sequence of the contact's tombstone; None: it was gone."""
    await connection.execute("DELETE FROM access_codes WHERE organiser_id = $1", id_)
    sequence: int | None = await connection.fetchval(_FORGET_ORGANISER, id_)
    return sequence


async def forget_notices(connection: Connection, recipients: Sequence[UUID]) -> None:
    """Drop what was still to be told."""
    await connection.execute("DELETE FROM notices WHERE recipient_id = ANY($1) AND sequence IS NULL", recipients)
