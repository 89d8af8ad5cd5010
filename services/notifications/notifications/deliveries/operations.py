"""Deliveries: settle what was tried, tell the other services, keep the log."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Gauge, Histogram

from notifications.deliveries import store
from notifications.deliveries.domain import (
    Channel,
    Claimed,
    NewDelivery,
    Outcome,
    RetryPolicy,
    settle,
)
from shared.contracts.notifications import DeliveryMessage, DeliveryState
from shared.contracts.topics import DELIVERIES
from shared.runtime import outbox
from shared.runtime.database import Connection, Database

ATTEMPTS = Counter(
    "semaine_deliveries_total", "Attempts to deliver, by what came of them", ["channel", "kind", "result"]
)
QUEUE_SIZE = Gauge("semaine_deliveries_pending", "Deliveries not finished", ["channel"])
QUEUE_AGE = Gauge("semaine_deliveries_pending_age_seconds", "Age of the oldest delivery not finished", ["channel"])


LATENCY = Histogram(
    "semaine_delivery_seconds",
    "From queueing a delivery to its receiver's yes",
    ["channel"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600, 86400),
)


async def record(connection: Connection, deliveries: Sequence[NewDelivery], *, channel: Channel, now: datetime) -> None:
    """Queue deliveries once, however often their messages come."""
    if deliveries:
        await store.record(connection, deliveries, channel=channel, now=now)


async def conclude(
    connection: Connection, outcomes: Sequence[tuple[Claimed, Outcome]], *, policy: RetryPolicy, now: datetime
) -> list[asyncpg.Record]:
    """Write down the outcomes of attempts, and publish each delivery that is finished; answers the rows settled."""
    settlements = [
        settle(claimed=claimed, outcome=outcome, policy=policy, now=now, chance=random.random())  # noqa: S311
        for claimed, outcome in outcomes
    ]
    attempts_before = {claimed.id: claimed.attempts for claimed, _ in outcomes}
    rows = await store.settle(connection, settlements, now=now)
    await _tell(connection, rows, attempts_before, now=now)
    return rows


async def abandon_webhooks(
    connection: Connection, *, recipient_id: UUID, queued_until: datetime, detail: str, now: datetime
) -> None:
    """Give up what is pending for a partner, and publish that."""
    rows = await store.abandon_webhooks(
        connection, recipient_id=recipient_id, queued_until=queued_until, detail=detail, now=now
    )
    await _tell(connection, rows, {}, now=now)


async def _tell(
    connection: Connection, rows: Sequence[asyncpg.Record], attempts_before: Mapping[UUID, int], *, now: datetime
) -> None:
    for row in rows:
        result = row["status"]
        if result == "pending":
            result = "deferred" if row["attempts"] > attempts_before[row["id"]] else "untried"
        elif result == "sent":
            LATENCY.labels(row["channel"]).observe((now - row["queued_at"]).total_seconds())
        ATTEMPTS.labels(row["channel"], row["kind"], result).inc()
    await outbox.publish(connection, [_message(row, now=now) for row in rows if row["status"] != "pending"])


def _message(row: asyncpg.Record, *, now: datetime) -> outbox.Message:
    state = DeliveryState(
        id=row["id"],
        message_id=row["message_id"],
        recipient_id=row["recipient_id"],
        channel=row["channel"],
        kind=row["kind"],
        event_id=row["event_id"],
        status=row["status"],
        attempts=row["attempts"],
        detail=row["detail"],
        at=now,
    )
    return outbox.message(
        topic=DELIVERIES,
        key=str(row["id"]),
        sequence=row["sequence"],
        body=DeliveryMessage(change=state.status, delivery=state),
        time=now,
    )


async def measure_queue(database: Database, *, now: datetime) -> None:
    """Set the gauges of the queue's size and age."""
    async with database.reading() as connection:
        found = await store.queue(connection, now=now)
    for channel in ("email", "webhook"):
        size, age = found.get(channel, (0, 0.0))
        QUEUE_SIZE.labels(channel).set(size)
        QUEUE_AGE.labels(channel).set(max(age, 0.0))
