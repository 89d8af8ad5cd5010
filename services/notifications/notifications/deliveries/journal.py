"""The delivery log as staff read it: with the names of people, partners and events. SQL that only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.deliveries.domain import Channel, Status
from shared.contracts.notifications import NoticeKind
from shared.runtime.database import Connection

MOST_FOUND = 20

_LINES = """
SELECT delivery.id, delivery.position, delivery.recipient_id, delivery.channel, delivery.kind, delivery.event_id,
       delivery.status, delivery.attempts, delivery.detail, delivery.created_at, delivery.due_at, delivery.finished_at,
       delivery.sequence, event.title, coalesce(contact.name, partner.name, '') AS name,
       contact.id IS NOT NULL AND contact.email IS NULL AS erased,
       delivery.status IN ('failed', 'bounced') AND CASE delivery.channel
           WHEN 'email' THEN delivery.content IS NOT NULL AND contact.email IS NOT NULL
           ELSE partner.id IS NOT NULL AND partner.disabled_at IS NULL
       END AS repeatable
FROM deliveries AS delivery
LEFT JOIN events AS event ON event.id = delivery.event_id
LEFT JOIN contacts AS contact ON contact.id = delivery.recipient_id AND delivery.channel = 'email'
LEFT JOIN partners AS partner ON partner.id = delivery.recipient_id AND delivery.channel = 'webhook'
WHERE ($1::uuid[] IS NULL OR delivery.event_id = ANY($1)) AND ($2::uuid[] IS NULL OR delivery.recipient_id = ANY($2))
  AND ($3::text IS NULL OR delivery.status = $3) AND ($4::text IS NULL OR delivery.channel = $4)
  AND ($5::bigint IS NULL OR delivery.position < $5)
ORDER BY delivery.position DESC LIMIT $6
"""
_PEOPLE = """
SELECT id, name, email, unreachable_since FROM contacts WHERE id = ANY($1) ORDER BY name, id
"""
_BY_ADDRESS = "SELECT id FROM contacts WHERE lower(email) = lower($1) ORDER BY id LIMIT $2"
_BY_TITLE = r"""
SELECT id FROM events WHERE title ILIKE '%' || regexp_replace($1, '([%_\\])', '\\\1', 'g') || '%'
ORDER BY changed_at DESC LIMIT $2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """
    A delivery, whom it went to and what it is about. `erased`: the person has had their data erased.

    `repeatable`: it failed for good and can be sent again; `sequence` says what state of it one has seen.
    """

    id: UUID
    position: int
    recipient_id: UUID
    channel: Channel
    kind: NoticeKind
    event_id: UUID | None
    status: Status
    attempts: int
    detail: str
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    sequence: int
    title: str | None
    name: str
    erased: bool
    repeatable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who is written to. `unreachable_since`: their address has refused too many mails; nothing more is sent there."""

    id: UUID
    name: str
    email: str | None
    unreachable_since: datetime | None


async def page(
    connection: Connection,
    *,
    events: Sequence[UUID],
    recipients: Sequence[UUID],
    status: Status | None,
    channel: Channel | None,
    before: int | None,
    limit: int,
) -> list[Line]:
    """The log, newest first, from below position `before`; of all events and recipients where none is named."""
    rows = await connection.fetch(_LINES, events or None, recipients or None, status, channel, before, limit)
    return [Line(**row) for row in rows]


async def people(connection: Connection, ids: Sequence[UUID]) -> list[Person]:
    return [Person(**row) for row in await connection.fetch(_PEOPLE, ids)]


async def by_address(connection: Connection, email: str) -> list[UUID]:
    """Everybody who is written to at this address: an organiser may have signed up too."""
    return [row["id"] for row in await connection.fetch(_BY_ADDRESS, email, MOST_FOUND)]


async def by_title(connection: Connection, words: str) -> list[UUID]:
    """Events whose title has these words in it, what changed last first."""
    return [row["id"] for row in await connection.fetch(_BY_TITLE, words, MOST_FOUND)]


async def titles(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """By event, where its copy is here."""
    rows = await connection.fetch("SELECT id, title FROM events WHERE id = ANY($1)", ids)
    return {row["id"]: row["title"] for row in rows}
