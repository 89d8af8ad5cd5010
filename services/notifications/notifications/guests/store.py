"""Sign-ups in the database, and the reminders due for them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications.reminders.domain import Due, SignUp
from shared.runtime.database import Connection

# In the order of their ids, so that two processes that handle one message at once cannot deadlock.
_KEEP = """
INSERT INTO sign_ups (id, event_id, contact_id, people, active, signed_up_at, sequence)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::boolean[], $6::timestamptz[], $7::bigint[])
    AS new (id, event_id, contact_id, people, active, signed_up_at, sequence)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET people = excluded.people, active = excluded.active, signed_up_at = excluded.signed_up_at,
    sequence = excluded.sequence
WHERE excluded.sequence > sign_ups.sequence
"""
# Who signs up when reminders are already out has just got a confirmation.
_TAKE_DUE = """
WITH due AS (
    SELECT sign_up.id, event.remind_at, event.begins_at, event.time_zone
    FROM events AS event JOIN sign_ups AS sign_up ON sign_up.event_id = event.id
    WHERE event.begins_at > $1 AND event.begins_at < $1 + interval '3 days' AND event.remind_at <= $1
      AND event.occurrence IN ('scheduled', 'rescheduled') AND event.status <> 'withdrawn'
      AND sign_up.active AND sign_up.signed_up_at < event.remind_at
      AND sign_up.reminded_for IS DISTINCT FROM event.remind_at
    ORDER BY sign_up.id LIMIT $2 FOR UPDATE OF sign_up SKIP LOCKED
)
UPDATE sign_ups SET reminded_for = due.remind_at FROM due WHERE sign_ups.id = due.id
RETURNING sign_ups.id AS sign_up_id, sign_ups.event_id, sign_ups.contact_id, sign_ups.people,
          due.begins_at AT TIME ZONE due.time_zone AS begins
"""
_FORGET = "DELETE FROM sign_ups WHERE contact_id = ANY($1::uuid[])"


async def keep(connection: Connection, sign_ups: Sequence[SignUp]) -> None:
    """Keep each sign-up as its newest message tells. One row a sign-up."""
    await connection.execute(
        _KEEP,
        [each.id for each in sign_ups],
        [each.event_id for each in sign_ups],
        [each.contact_id for each in sign_ups],
        [each.people for each in sign_ups],
        [each.active for each in sign_ups],
        [each.signed_up_at for each in sign_ups],
        [each.sequence for each in sign_ups],
    )


async def take_due(connection: Connection, *, now: datetime, limit: int) -> list[Due]:
    """Take up to `limit` reminders that are due, each once for each day that its event is on."""
    return [Due(**row) for row in await connection.fetch(_TAKE_DUE, now, limit)]


async def forget(connection: Connection, contact_ids: Sequence[UUID]) -> None:
    """Forget the sign-ups of people who have been erased."""
    await connection.execute(_FORGET, contact_ids)
