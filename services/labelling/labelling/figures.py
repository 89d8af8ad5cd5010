"""Figures for dashboards, counted from the tables now and then: exact, whatever was rolled back or restarted."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Gauge

from labelling.decisions import store as decisions
from labelling.reviews import store as reviews
from shared.runtime.database import Database
from shared.territory import PARIS

_EVERY_SECONDS = 15

DECISIONS = Gauge("semaine_decisions", "Decisions made", ["verdict", "decided_by"])
OPEN_REVIEWS = Gauge("semaine_open_reviews", "Events that wait for the committee")
OVERDUE_REVIEWS = Gauge("semaine_overdue_reviews", "Those whose deadline has passed")

log = structlog.get_logger(__name__)


async def keep_up(database: Database) -> None:
    """Count every few seconds until cancelled."""
    while True:
        try:
            await count(database, now=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - health tells that the database is away; figures can wait
            log.warning("figures not counted", error=repr(error))
        await asyncio.sleep(_EVERY_SECONDS)


async def count(database: Database, *, now: datetime) -> None:
    """Set the gauges to what the tables say."""
    async with database.reading() as connection:
        for row in await decisions.tally(connection):
            DECISIONS.labels(row["verdict"], row["decided_by"]).set(row["count"])
        waiting = await reviews.tally(connection, today=now.astimezone(ZoneInfo(PARIS)).date())
    OPEN_REVIEWS.set(waiting["open"])
    OVERDUE_REVIEWS.set(waiting["overdue"])
