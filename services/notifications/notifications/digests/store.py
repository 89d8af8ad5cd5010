"""SQL of digests and of what waits for the committee."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.digests.domain import Digest, Every, Waiting
from shared.contracts.base import Language
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection

_KEEP = """
INSERT INTO reviews (event_id, departement, due_on, since)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[])
    AS new (event_id, departement, due_on, since)
ORDER BY event_id
ON CONFLICT (event_id) DO UPDATE
SET departement = excluded.departement, due_on = excluded.due_on, since = excluded.since
"""
_CONTACT = """
INSERT INTO contacts (id, email, name, language) VALUES ($1, $2, '', $3)
ON CONFLICT (id) DO UPDATE
SET email = excluded.email, language = excluded.language, hard_bounces = 0, unreachable_since = NULL
"""
_SAVE = """
INSERT INTO digests (contact_id, departements, every, told_until, due_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (contact_id) DO UPDATE
SET departements = excluded.departements, every = excluded.every, due_at = excluded.due_at
"""
_READ = """
SELECT d.departements, d.every, d.due_at, c.email, c.language FROM digests d JOIN contacts c ON c.id = d.contact_id
WHERE d.contact_id = $1
"""
_TAKE_DUE = """
SELECT contact_id, departements, every, told_until, partner_id FROM digests
WHERE due_at <= $1 AND code IS NULL ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_WAITING = """
SELECT r.event_id, e.title, r.departement, r.due_on, r.since
FROM reviews r JOIN events e ON e.id = r.event_id
WHERE e.status <> 'withdrawn' AND (cardinality($1::text[]) = 0 OR r.departement = ANY($1))
ORDER BY r.due_on NULLS LAST, r.event_id
"""
_KEPT_UNDER = """
SELECT c.email, d.partner_id, d.departements, d.every, c.language, d.code IS NULL AS confirmed, d.due_at
FROM digests d JOIN contacts c ON c.id = d.contact_id WHERE lower(c.email) = lower($1) ORDER BY d.contact_id
"""
_OF_CONTACTS = """
SELECT d.contact_id FROM digests d JOIN contacts c ON c.id = d.contact_id
WHERE lower(c.email) IN (SELECT lower(email) FROM contacts WHERE id = ANY($1)) ORDER BY d.contact_id
"""
_DROP_PENDING = """
DELETE FROM deliveries WHERE recipient_id = ANY($1) AND status = 'pending'
    AND kind IN ('digest', 'partner_digest', 'digest_confirmation')
"""
_ERASE_CONTACTS = "DELETE FROM contacts WHERE id = ANY($1)"


async def keep_reviews(connection: Connection, waiting: Sequence[DecisionState], gone: Sequence[UUID]) -> None:
    """Keep what waits for the committee by the latest decisions, and forget what does not any more."""
    if waiting:
        await connection.execute(
            _KEEP,
            [each.event_id for each in waiting],
            [each.departement for each in waiting],
            [each.due_on for each in waiting],
            [each.decided_at for each in waiting],
        )
    if gone:
        await connection.execute("DELETE FROM reviews WHERE event_id = ANY($1)", gone)


async def save(
    connection: Connection,
    contact_id: UUID,
    *,
    email: str,
    language: Language,
    departements: Sequence[str],
    every: Every,
    due_at: datetime,
    now: datetime,
) -> None:
    """Keep what somebody wants; who had switched it off gets it again."""
    await connection.execute(_CONTACT, contact_id, email, language)
    await connection.execute(_SAVE, contact_id, departements, every, now, due_at)
    await connection.execute("DELETE FROM silenced WHERE contact_id = $1 AND kind = 'digest'", contact_id)


async def read(connection: Connection, contact_id: UUID) -> dict[str, Any] | None:
    """Address, language, départements, how often, and when next."""
    row = await connection.fetchrow(_READ, contact_id)
    return dict(row) if row else None


async def of_email(connection: Connection, email: str) -> list[UUID]:
    """Members of the committee, and partners, with this address."""
    rows = await connection.fetch(
        "SELECT d.contact_id FROM digests d JOIN contacts c ON c.id = d.contact_id WHERE lower(c.email) = lower($1)",
        email,
    )
    return [row["contact_id"] for row in rows]


async def kept_under(connection: Connection, email: str) -> list[dict[str, Any]]:
    """All digests that go to an address, or are to go there once it says yes."""
    return [dict(row) for row in await connection.fetch(_KEPT_UNDER, email)]


async def of_contacts(connection: Connection, contact_ids: Sequence[UUID]) -> list[UUID]:
    """The contacts of digests that go to the same addresses as mails to these contacts."""
    return [row["contact_id"] for row in await connection.fetch(_OF_CONTACTS, contact_ids)]


async def erase(connection: Connection, contact_ids: Sequence[UUID]) -> int:
    """Forget wish and address; answers how many had one. What is pending goes too."""
    await drop_pending(connection, contact_ids)
    done: str = await connection.execute("DELETE FROM digests WHERE contact_id = ANY($1)", contact_ids)
    await connection.execute(_ERASE_CONTACTS, contact_ids)
    return int(done.removeprefix("DELETE "))


async def drop_pending(connection: Connection, contact_ids: Sequence[UUID]) -> None:
    """Forget mails to these addresses that are not sent yet."""
    await connection.execute(_DROP_PENDING, contact_ids)


async def take_due(connection: Connection, *, now: datetime, limit: int) -> list[Digest]:
    """Up to `limit` digests that are due, held until the transaction ends."""
    rows = await connection.fetch(_TAKE_DUE, now, limit)
    return [
        Digest(
            contact_id=row["contact_id"],
            departements=tuple(row["departements"]),
            every=row["every"],
            told_until=row["told_until"],
            partner_id=row["partner_id"],
        )
        for row in rows
    ]


async def waiting(connection: Connection, departements: Sequence[str]) -> list[Waiting]:
    """What waits for the committee, the most urgent first."""
    return [Waiting(**row) for row in await connection.fetch(_WAITING, departements)]


async def told(connection: Connection, contact_id: UUID, *, until: datetime, due_at: datetime) -> None:
    await connection.execute(
        "UPDATE digests SET told_until = $2, due_at = $3 WHERE contact_id = $1", contact_id, until, due_at
    )
