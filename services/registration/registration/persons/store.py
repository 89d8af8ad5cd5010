"""SQL of a person's data, wherever it stands."""

from collections.abc import Sequence
from datetime import datetime
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
_RAISE_PERSON = """
UPDATE persons SET contact_sequence = contact_sequence + 1 WHERE id = $1 AND email <> '' RETURNING *
"""
_SPEND_CODE = "DELETE FROM data_codes WHERE digest = $1 AND expires_at > $2 RETURNING contact_id"
_EMAIL = """
SELECT email FROM persons WHERE id = $1 AND email <> ''
UNION ALL SELECT email FROM organisers WHERE id = $1 AND email <> ''
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


async def raise_contact(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    """Raise the contact's sequence; answers the person, None: erased."""
    return await connection.fetchrow(_RAISE_PERSON, id_)


async def save_code(
    connection: Connection, *, digest: bytes, contact_id: UUID, expires_at: datetime, now: datetime
) -> None:
    """Keep a code; those that nobody has used in time go."""
    await connection.execute("DELETE FROM data_codes WHERE expires_at <= $1", now)
    await connection.execute(
        "INSERT INTO data_codes (digest, contact_id, expires_at) VALUES ($1, $2, $3)", digest, contact_id, expires_at
    )


async def spend_code(connection: Connection, *, digest: bytes, now: datetime) -> str | None:
    """The address that a code was mailed to, once and before it expires."""
    contact_id = await connection.fetchval(_SPEND_CODE, digest, now)
    email: str | None = await connection.fetchval(_EMAIL, contact_id)
    return email


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
    """Drop what was still to be told, and codes that were mailed."""
    await connection.execute("DELETE FROM data_codes WHERE contact_id = ANY($1)", recipients)
    await connection.execute("DELETE FROM notices WHERE recipient_id = ANY($1) AND sequence IS NULL", recipients)
