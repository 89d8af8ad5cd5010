"""Announcements, and the claims of webhooks, in the database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.deliveries.domain import Claimed
from notifications.partners.domain import Interest
from notifications.webhooks.domain import Announcement, Endpoint, Standing, Withdrawal
from shared.runtime.database import Connection

_ENDPOINT = "id, url, secret, previous_secret, previous_secret_until, failures, batch"

_ANNOUNCE = """
INSERT INTO announcements (message_id, type, event_id, sequence, body, time, act_number)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::timestamptz[], $7::integer[])
ON CONFLICT DO NOTHING
"""
_SUBJECTS = """
SELECT announcement.message_id, announcement.type, event.title
FROM announcements AS announcement LEFT JOIN events AS event ON event.id = announcement.event_id
WHERE announcement.message_id = ANY($1)
"""
_TOLD = """
SELECT announcement.event_id, delivery.recipient_id, min(announcement.sequence) AS sequence
FROM announcements AS announcement
JOIN deliveries AS delivery ON delivery.message_id = announcement.message_id AND delivery.channel = 'webhook'
WHERE announcement.event_id = ANY($1)
GROUP BY 1, 2
"""
# Of an edition: the events whose last announcement is not that they have left the programme.
_SHOWN = """
SELECT last.event_id FROM (
    SELECT DISTINCT ON (announcement.event_id) announcement.event_id, announcement.type
    FROM announcements AS announcement JOIN events AS event ON event.id = announcement.event_id
    WHERE event.edition_id = $1 ORDER BY announcement.event_id, announcement.sequence DESC
) AS last WHERE last.type <> 'event.withdrawn'
"""
_INTERESTS = f"""
SELECT DISTINCT type AS event_type, place->>'departement' AS departement, place->>'region' AS region
FROM events WHERE id IN ({_SHOWN})
"""
_TOLD_OF = f"""
SELECT DISTINCT delivery.recipient_id FROM announcements AS announcement
JOIN deliveries AS delivery ON delivery.message_id = announcement.message_id AND delivery.channel = 'webhook'
WHERE announcement.event_id IN ({_SHOWN})
"""
_ACTS_TOLD = "SELECT event_id, sequence, act_number FROM announcements WHERE event_id = ANY($1)"
_WITHDRAW = """
INSERT INTO withdrawals (message_id, event_id, sequence, time)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[]) ON CONFLICT DO NOTHING
"""
_TAKE_WITHDRAWALS = """
DELETE FROM withdrawals AS withdrawal USING events AS event
WHERE event.id = withdrawal.event_id AND withdrawal.message_id IN (
    SELECT message_id FROM withdrawals JOIN events ON events.id = withdrawals.event_id
    ORDER BY message_id FOR UPDATE OF withdrawals SKIP LOCKED
)
RETURNING withdrawal.message_id, withdrawal.event_id, withdrawal.sequence, withdrawal.time, event.type,
          event.place->>'departement' AS departement, event.place->>'region' AS region
"""

_DUE = f"""
SELECT {_ENDPOINT} FROM partners AS partner
WHERE disabled_at IS NULL AND (paused_until IS NULL OR paused_until <= $1) AND id <> ALL($2::uuid[]) AND EXISTS (
    SELECT 1 FROM deliveries
    WHERE recipient_id = partner.id AND channel = 'webhook' AND status = 'pending' AND due_at <= $1
      AND (leased_until IS NULL OR leased_until <= $1)
)
"""
# One statement, so that it commits by itself and no transaction is open while webhooks are posted.
_CLAIM = """
WITH due AS (
    SELECT id FROM deliveries
    WHERE recipient_id = $1 AND channel = 'webhook' AND status = 'pending' AND due_at <= $2
      AND (leased_until IS NULL OR leased_until <= $2)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE deliveries AS delivery SET leased_until = $3 FROM due WHERE delivery.id = due.id RETURNING delivery.*
)
SELECT claimed.id, claimed.attempts, claimed.queued_at, announcement.body
FROM claimed JOIN announcements AS announcement USING (message_id) ORDER BY claimed.due_at
"""
_STAND = """
UPDATE partners
SET failures = $2, paused_until = $3,
    disabled_at = CASE WHEN $4::text IS NULL THEN disabled_at ELSE $5 END,
    disabled_because = coalesce($4, disabled_because)
WHERE id = $1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedPost:
    """A webhook that this process may post until its lease ends."""

    claimed: Claimed
    body: str


async def announce(connection: Connection, announcements: Sequence[Announcement]) -> None:
    """Keep what the announcements say; one already kept stays as it is."""
    await connection.execute(
        _ANNOUNCE,
        [each.message_id for each in announcements],
        [each.type for each in announcements],
        [each.event_id for each in announcements],
        [each.sequence for each in announcements],
        [each.body for each in announcements],
        [each.time for each in announcements],
        [each.act_number for each in announcements],
    )


async def subjects(connection: Connection, message_ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """By message: the webhook's type, and the title of the event that it is about, if its copy is here."""
    rows = await connection.fetch(_SUBJECTS, list(message_ids))
    return {row["message_id"]: (row["type"], row["title"]) for row in rows}


async def programme(connection: Connection, *, edition_id: str) -> tuple[list[Interest], set[UUID]]:
    """What partners may be interested in among an edition's public events, and who was told of any of them."""
    interests = [Interest(**row) for row in await connection.fetch(_INTERESTS, edition_id)]
    return interests, {row["recipient_id"] for row in await connection.fetch(_TOLD_OF, edition_id)}


async def acts_told(connection: Connection, event_ids: Collection[UUID]) -> dict[str, dict[int, int]]:
    """By event: the act that the announcement of each sequence knew of."""
    found: dict[str, dict[int, int]] = {}
    for row in await connection.fetch(_ACTS_TOLD, list(event_ids)) if event_ids else ():
        found.setdefault(str(row["event_id"]), {})[row["sequence"]] = row["act_number"]
    return found


async def told_before(connection: Connection, event_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], int]:
    """By (event, partner): the sequence of the first announcement that the partner is told."""
    rows = await connection.fetch(_TOLD, list(event_ids))
    return {(row["event_id"], row["recipient_id"]): row["sequence"] for row in rows}


async def keep_withdrawals(connection: Connection, withdrawals: Sequence[Withdrawal]) -> None:
    """Keep them until the events' copies are there."""
    await connection.execute(
        _WITHDRAW,
        [each.message_id for each in withdrawals],
        [each.event_id for each in withdrawals],
        [each.sequence for each in withdrawals],
        [each.time for each in withdrawals],
    )


async def take_withdrawals(connection: Connection) -> list[tuple[Withdrawal, Interest]]:
    """Take out the withdrawals whose events' copies are there, with what those say of whom to tell."""
    return [
        (
            Withdrawal(
                message_id=row["message_id"], event_id=row["event_id"], sequence=row["sequence"], time=row["time"]
            ),
            Interest(event_type=row["type"], departement=row["departement"], region=row["region"]),
        )
        for row in await connection.fetch(_TAKE_WITHDRAWALS)
    ]


async def due_endpoints(connection: Connection, *, busy: Iterable[UUID], now: datetime) -> list[Endpoint]:
    """Endpoints with something due that nobody here is at."""
    return [Endpoint(**row) for row in await connection.fetch(_DUE, now, list(busy))]


async def endpoint(connection: Connection, id_: UUID) -> Endpoint | None:
    """What posting to a partner takes now; None where it wants nothing any more."""
    row = await connection.fetchrow(f"SELECT {_ENDPOINT} FROM partners WHERE id = $1 AND disabled_at IS NULL", id_)
    return Endpoint(**row) if row else None


async def claim(
    connection: Connection, *, endpoint_id: UUID, now: datetime, leased_until: datetime, limit: int
) -> list[ClaimedPost]:
    """Take up to `limit` due webhooks of one endpoint."""
    rows = await connection.fetch(_CLAIM, endpoint_id, now, leased_until, limit)
    return [
        ClaimedPost(
            claimed=Claimed(id=row["id"], attempts=row["attempts"], queued_at=row["queued_at"]), body=row["body"]
        )
        for row in rows
    ]


async def stand(connection: Connection, *, endpoint_id: UUID, standing: Standing, now: datetime) -> None:
    """Write down how an endpoint stands."""
    await connection.execute(_STAND, endpoint_id, standing.failures, standing.paused_until, standing.gone_because, now)
