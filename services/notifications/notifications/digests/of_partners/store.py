"""SQL of partners' digests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.digests.domain import Every
from notifications.digests.of_partners.domain import Standing, Told, Wish
from shared.contracts.base import Language
from shared.runtime.database import Connection

_CONTACT = """
INSERT INTO contacts (id, email, name, language) VALUES ($1, $2, '', $3)
ON CONFLICT (id) DO UPDATE
SET email = excluded.email, language = excluded.language,
    hard_bounces = CASE WHEN contacts.email = excluded.email THEN contacts.hard_bounces ELSE 0 END,
    unreachable_since = CASE WHEN contacts.email = excluded.email THEN contacts.unreachable_since END
"""
_SAVE = """
INSERT INTO digests (contact_id, departements, every, told_until, due_at, partner_id) VALUES ($1, '{}', $2, $3, $4, $5)
ON CONFLICT (contact_id) DO UPDATE SET every = excluded.every, due_at = excluded.due_at
"""
_READ = """
SELECT d.contact_id, c.email, c.language, d.every, d.due_at, d.asked_at,
       d.code IS NULL AND NOT EXISTS (
           SELECT FROM silenced WHERE contact_id = d.contact_id AND kind = 'partner_digest') AS confirmed
FROM digests d JOIN contacts c ON c.id = d.contact_id WHERE d.partner_id = $1
"""
_ASK = "UPDATE digests SET code = $2, code_until = $3, asked_at = $4 WHERE contact_id = $1"
_CONFIRM = """
UPDATE digests SET code = NULL, code_until = NULL, told_until = $2 WHERE code = $1 AND code_until > $2
RETURNING contact_id, partner_id, every
"""
_UNCONFIRMED = "SELECT contact_id FROM digests WHERE code_until <= $1 FOR UPDATE SKIP LOCKED"
# By when they were queued: that is in order of commits, but for the last few minutes, which the next digest has.
_TOLD = """
SELECT a.event_id, e.title, e.place->>'departement' AS departement, array_agg(a.type ORDER BY a.sequence) AS types
FROM deliveries d JOIN announcements a ON a.message_id = d.message_id JOIN events e ON e.id = a.event_id
WHERE d.recipient_id = $1 AND d.channel = 'webhook' AND d.created_at > $2 AND d.created_at <= $3
GROUP BY a.event_id, e.title, e.place ORDER BY max(a.time), a.event_id
"""
_STANDING = """
SELECT count(*) FILTER (WHERE status = 'sent' AND finished_at > $2 AND finished_at <= $3) AS accepted,
       count(*) FILTER (WHERE status = 'pending' AND attempts > 0) AS failing,
       count(*) FILTER (WHERE status IN ('failed', 'bounced') AND finished_at > $2 AND finished_at <= $3) AS dead
FROM deliveries WHERE recipient_id = $1 AND channel = 'webhook'
"""


async def save(
    connection: Connection,
    contact_id: UUID,
    *,
    partner_id: UUID,
    email: str,
    language: Language,
    every: Every,
    due_at: datetime,
    now: datetime,
) -> None:
    """Keep what a partner wants."""
    await connection.execute(_CONTACT, contact_id, email, language)
    await connection.execute(_SAVE, contact_id, every, now, due_at, partner_id)


async def read(connection: Connection, partner_id: UUID) -> Wish | None:
    """What a partner wants."""
    row = await connection.fetchrow(_READ, partner_id)
    return Wish(**row) if row else None


async def ask(connection: Connection, contact_id: UUID, *, code: bytes, until: datetime, now: datetime) -> None:
    """Send nothing to the address until this code comes back."""
    await connection.execute(_ASK, contact_id, code, until, now)


async def confirm(connection: Connection, code: bytes, *, now: datetime) -> dict[str, Any] | None:
    """Spend a code; what there is to tell begins now. None for a code that holds no longer."""
    row = await connection.fetchrow(_CONFIRM, code, now)
    if row is None:
        return None
    await connection.execute("DELETE FROM silenced WHERE contact_id = $1", row["contact_id"])
    return dict(row)


async def set_due(connection: Connection, contact_id: UUID, *, due_at: datetime) -> None:
    await connection.execute("UPDATE digests SET due_at = $2 WHERE contact_id = $1", contact_id, due_at)


async def unconfirmed(connection: Connection, *, now: datetime) -> Sequence[UUID]:
    """Whose codes have run out."""
    return [row["contact_id"] for row in await connection.fetch(_UNCONFIRMED, now)]


async def name_of(connection: Connection, partner_id: UUID) -> str | None:
    found: str | None = await connection.fetchval("SELECT name FROM partners WHERE id = $1", partner_id)
    return found


async def told(connection: Connection, partner_id: UUID, *, after: datetime, until: datetime) -> list[Told]:
    """What the partner was told by webhook, by event."""
    rows = await connection.fetch(_TOLD, partner_id, after, until)
    return [Told(**{**dict(row), "types": tuple(row["types"])}) for row in rows]


async def standing(connection: Connection, partner_id: UUID, *, after: datetime, until: datetime) -> Standing:
    row = await connection.fetchrow(_STANDING, partner_id, after, until)
    assert row is not None
    return Standing(**row)
