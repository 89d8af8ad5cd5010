"""Deliveries in the database: the queue of what is to be sent, and the log of what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from notifications.deliveries.domain import Channel, Delivery, NewDelivery, Settlement, Status
from shared.runtime.database import Connection

_DELIVERY = """
id, position, message_id, recipient_id, channel, kind, event_id, status, attempts, detail,
created_at, due_at, finished_at
"""

# Sorted, so that two processes that handle one message at once cannot deadlock.
_RECORD = """
INSERT INTO deliveries (id, message_id, recipient_id, channel, kind, event_id, revision, content,
                        edition_id, act_number, queued_at, due_at, created_at)
SELECT id, message_id, recipient_id, $11, kind, event_id, revision, content, edition_id, act_number, $10, $10, $10
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::uuid[], $6::integer[], $7::jsonb[], $8::text[],
            $9::integer[])
    AS new (id, message_id, recipient_id, kind, event_id, revision, content, edition_id, act_number)
ORDER BY id
ON CONFLICT DO NOTHING
"""

# What failed may be sent again, and keeps what it says; but for codes that open something.
# `finished_at IS NULL` says the same as `status = 'pending'`, but leads the planner to the key and not to the index of
# what is due: in a rush that holds far more rows than the statistics know.
_SETTLE = """
UPDATE deliveries AS delivery
SET status = settled.status, attempts = settled.attempts, due_at = settled.due_at, leased_until = NULL,
    detail = CASE WHEN settled.detail = '' THEN delivery.detail ELSE settled.detail END,
    sequence = delivery.sequence + (settled.status <> 'pending')::integer,
    content = CASE WHEN settled.status = 'pending'
                     OR settled.status IN ('failed', 'bounced') AND delivery.kind NOT IN ('access', 'own_data')
              THEN delivery.content END,
    finished_at = CASE WHEN settled.status <> 'pending' THEN $6::timestamptz END
FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::text[])
    AS settled (id, status, attempts, due_at, detail)
WHERE delivery.id = settled.id AND delivery.finished_at IS NULL
RETURNING delivery.*
"""

_ABANDON = """
UPDATE deliveries
SET status = 'failed', detail = $3, sequence = sequence + 1, due_at = NULL, leased_until = NULL, content = NULL,
    finished_at = $4
WHERE id IN (
    SELECT id FROM deliveries
    WHERE recipient_id = $1 AND channel = 'webhook' AND status = 'pending' AND queued_at <= $2
    ORDER BY id FOR UPDATE
)
RETURNING *
"""

_QUEUE_AGAIN = """
UPDATE deliveries
SET status = 'pending', attempts = 0, queued_at = $2, due_at = $2, leased_until = NULL, finished_at = NULL, detail = ''
"""
_REPLAY_ONE = f"""{_QUEUE_AGAIN}
WHERE id = $3 AND recipient_id = $1 AND channel = 'webhook' AND status <> 'pending'
"""
_SEND_AGAIN = f"""{_QUEUE_AGAIN}
WHERE id = $1 AND status IN ('failed', 'bounced') AND (channel = 'webhook' OR content IS NOT NULL)
  AND sequence = coalesce($3, sequence)
RETURNING id
"""
_REPLAY = f"""{_QUEUE_AGAIN}
WHERE recipient_id = $1 AND channel = 'webhook' AND status <> 'pending'
  AND position >= coalesce($3, position) AND created_at >= coalesce($4, created_at)
"""

_LOG = f"""
SELECT {_DELIVERY} FROM deliveries
WHERE ($1::uuid IS NULL OR event_id = $1) AND ($2::uuid IS NULL OR recipient_id = $2)
  AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR channel = $4)
  AND ($5::bigint IS NULL OR position < $5)
ORDER BY position DESC LIMIT $6
"""

_QUEUE = """
SELECT channel, count(*) AS size, extract(epoch FROM $1 - min(queued_at))::float8 AS age
FROM deliveries WHERE status = 'pending' GROUP BY channel
"""


async def record(connection: Connection, deliveries: Sequence[NewDelivery], *, channel: Channel, now: datetime) -> None:
    """Queue deliveries; those already recorded stay as they are."""
    await connection.execute(
        _RECORD,
        [new.id for new in deliveries],
        [new.message_id for new in deliveries],
        [new.recipient_id for new in deliveries],
        [new.kind for new in deliveries],
        [new.event_id for new in deliveries],
        [new.revision for new in deliveries],
        [new.content for new in deliveries],
        [new.edition_id for new in deliveries],
        [new.act_number for new in deliveries],
        now,
        channel,
    )


async def settle(connection: Connection, settlements: Sequence[Settlement], *, now: datetime) -> list[asyncpg.Record]:
    """Write down what became of deliveries; answers their rows. One that is finished already is left alone."""
    ordered = sorted(settlements, key=lambda settled: settled.id)
    rows: list[asyncpg.Record] = await connection.fetch(
        _SETTLE,
        [settled.id for settled in ordered],
        [settled.status for settled in ordered],
        [settled.attempts for settled in ordered],
        [settled.due_at for settled in ordered],
        [settled.detail for settled in ordered],
        now,
    )
    return rows


async def abandon_webhooks(
    connection: Connection, *, recipient_id: UUID, queued_until: datetime, detail: str, now: datetime
) -> list[asyncpg.Record]:
    """Give up a partner's pending deliveries queued until then; answers their rows."""
    rows: list[asyncpg.Record] = await connection.fetch(_ABANDON, recipient_id, queued_until, detail, now)
    return rows


async def replay(
    connection: Connection, *, recipient_id: UUID, from_position: int | None, since: datetime | None, now: datetime
) -> int:
    """Queue a partner's finished deliveries again, from a place in the log or from a time on; answers how many."""
    answer: str = await connection.execute(_REPLAY, recipient_id, now, from_position, since)
    return int(answer.removeprefix("UPDATE "))


async def replay_one(connection: Connection, *, recipient_id: UUID, delivery_id: UUID, now: datetime) -> bool:
    """Queue one finished delivery of a partner again; answers whether it was one."""
    return await connection.execute(_REPLAY_ONE, recipient_id, now, delivery_id) == "UPDATE 1"


async def send_again(connection: Connection, *, id_: UUID, seen: int | None, now: datetime) -> bool:
    """Queue what failed for good again, if its sequence is still `seen`; answers whether it did."""
    return await connection.fetchval(_SEND_AGAIN, id_, now, seen) is not None


async def find(connection: Connection, *, id_: UUID) -> Delivery | None:
    row = await connection.fetchrow(f"SELECT {_DELIVERY} FROM deliveries WHERE id = $1", id_)
    return Delivery(**row) if row else None


async def page(
    connection: Connection,
    *,
    event_id: UUID | None,
    recipient_id: UUID | None,
    status: Status | None,
    channel: Channel | None,
    before: int | None,
    limit: int,
) -> list[Delivery]:
    """The log, newest first, from below position `before`."""
    rows = await connection.fetch(_LOG, event_id, recipient_id, status, channel, before, limit)
    return [Delivery(**row) for row in rows]


async def queue(connection: Connection, *, now: datetime) -> dict[str, tuple[int, float]]:
    """Size and age in seconds of what is pending, by channel."""
    rows: list[Any] = await connection.fetch(_QUEUE, now)
    return {row["channel"]: (row["size"], row["age"]) for row in rows}
