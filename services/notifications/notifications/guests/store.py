"""Sign-ups in the database, and what is due to be told of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications.guests.domain import Changed, Due, SignUp
from shared.runtime.database import Connection

# In the order of their ids, so that two processes that handle one message at once cannot deadlock.
_KEEP = """
INSERT INTO sign_ups (id, event_id, contact_id, people, active, signed_up_at, sequence, moves_told)
SELECT new.*, event.moves
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::boolean[], $6::timestamptz[], $7::bigint[])
    AS new (id, event_id, contact_id, people, active, signed_up_at, sequence)
LEFT JOIN events AS event ON event.id = new.event_id
ORDER BY new.id
ON CONFLICT (id) DO UPDATE
SET people = excluded.people, active = excluded.active, signed_up_at = excluded.signed_up_at,
    sequence = excluded.sequence,
    moves_told = CASE WHEN sign_ups.active THEN sign_ups.moves_told ELSE excluded.moves_told END
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
_TO_COME = """
$1 < (SELECT max((slot->>'end')::timestamp) FROM jsonb_array_elements(event.slots) AS slot) AT TIME ZONE event.time_zone
"""
# Of what is over nobody has to hear that it does not take place; nor, again, of what was cancelled with the edition.
_TAKE_CALLED_OFF = f"""
WITH due AS (
    SELECT sign_up.id, event.moves,
        NOT event.told_by_act AND event.occurrence <> 'cancelled'
            AND (event.occurrence = 'postponed' OR {_TO_COME}) AS untold
    FROM events AS event JOIN sign_ups AS sign_up ON sign_up.event_id = event.id
    WHERE event.status = 'withdrawn' AND sign_up.active AND NOT sign_up.called_off
    ORDER BY sign_up.id LIMIT $2 FOR UPDATE OF sign_up SKIP LOCKED
)
UPDATE sign_ups SET called_off = true FROM due WHERE sign_ups.id = due.id
RETURNING sign_ups.id AS sign_up_id, sign_ups.event_id, sign_ups.contact_id, sign_ups.people, due.moves, due.untold
"""
# A sign-up that is here before its event hears of the event as it comes.
_KNOW_MOVES = """
UPDATE sign_ups SET moves_told = known.moves
FROM (
    SELECT sign_up.id, event.moves FROM sign_ups AS sign_up JOIN events AS event ON event.id = sign_up.event_id
    WHERE sign_up.moves_told IS NULL ORDER BY sign_up.id FOR UPDATE OF sign_up SKIP LOCKED
) AS known
WHERE sign_ups.id = known.id
"""
# Who signs up later hears of the event as it is then. As long as an event is to be decided again, the public sees it as
# it was.
_TAKE_MOVED = f"""
WITH due AS (
    SELECT sign_up.id, event.moves,
        event.occurrence IN ('scheduled', 'rescheduled') AND {_TO_COME} AS untold
    FROM events AS event JOIN sign_ups AS sign_up ON sign_up.event_id = event.id
    WHERE event.moves > 0 AND event.status = 'labelled' AND event.changed_at <= $3
      AND sign_up.active AND sign_up.moves_told < event.moves
    ORDER BY sign_up.id LIMIT $2 FOR UPDATE OF sign_up SKIP LOCKED
)
UPDATE sign_ups SET moves_told = due.moves FROM due WHERE sign_ups.id = due.id
RETURNING sign_ups.id AS sign_up_id, sign_ups.event_id, sign_ups.contact_id, sign_ups.people, due.moves, due.untold
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


async def take_called_off(connection: Connection, *, now: datetime, limit: int) -> list[Changed]:
    """Take up to `limit` active sign-ups to events that were withdrawn, each once."""
    return [Changed(**row) for row in await connection.fetch(_TAKE_CALLED_OFF, now, limit)]


async def know_moves(connection: Connection) -> None:
    """Let those whose event has come meanwhile know it as it came."""
    await connection.execute(_KNOW_MOVES)


async def take_moved(connection: Connection, *, unchanged_since: datetime, now: datetime, limit: int) -> list[Changed]:
    """Take up to `limit` active sign-ups to events that their organisers have moved, each once a move at most."""
    return [Changed(**row) for row in await connection.fetch(_TAKE_MOVED, now, limit, unchanged_since)]


async def forget(connection: Connection, contact_ids: Sequence[UUID]) -> None:
    """Forget the sign-ups of people who have been erased."""
    await connection.execute(_FORGET, contact_ids)
