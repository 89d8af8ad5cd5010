"""Sign-ups in the database, and what is due to be told of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications.guests.domain import CalledOff, Due, SignUp
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
# Of what is over nobody has to hear that it does not take place; nor, again, of what was cancelled with the edition.
_TAKE_CALLED_OFF = """
WITH due AS (
    SELECT sign_up.id,
        NOT event.told_by_act AND event.occurrence <> 'cancelled' AND (event.occurrence = 'postponed' OR $1 < (
            SELECT max((slot->>'end')::timestamp) FROM jsonb_array_elements(event.slots) AS slot
        ) AT TIME ZONE event.time_zone) AS untold
    FROM events AS event JOIN sign_ups AS sign_up ON sign_up.event_id = event.id
    WHERE event.status = 'withdrawn' AND sign_up.active AND NOT sign_up.called_off
    ORDER BY sign_up.id LIMIT $2 FOR UPDATE OF sign_up SKIP LOCKED
)
UPDATE sign_ups SET called_off = true FROM due WHERE sign_ups.id = due.id
RETURNING sign_ups.id AS sign_up_id, sign_ups.event_id, sign_ups.contact_id, sign_ups.people, due.untold
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


async def take_called_off(connection: Connection, *, now: datetime, limit: int) -> list[CalledOff]:
    """Take up to `limit` active sign-ups to events that were withdrawn, each once."""
    return [CalledOff(**row) for row in await connection.fetch(_TAKE_CALLED_OFF, now, limit)]


async def forget(connection: Connection, contact_ids: Sequence[UUID]) -> None:
    """Forget the sign-ups of people who have been erased."""
    await connection.execute(_FORGET, contact_ids)
