"""Figures for dashboards, counted from the tables now and then: exact, whatever was rolled back or restarted."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import structlog
from prometheus_client import Gauge

from labelling.decisions import store as decisions
from labelling.reviews import store as reviews
from shared.runtime.database import Database

_EVERY_SECONDS = 15

DECISIONS = Gauge("semaine_decisions", "Decisions made", ["verdict", "decided_by"])
OPEN_REVIEWS = Gauge("semaine_open_reviews", "Events that wait for the committee")
OVERDUE_REVIEWS = Gauge("semaine_overdue_reviews", "Those whose deadline has passed")
REVIEWS = Gauge(
    "semaine_reviews", "Events left to the committee, by territory and how they stand", ["departement", "state"]
)
ANSWER_SECONDS = Gauge("semaine_review_seconds", "Average time until the committee's answer", ["departement"])

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
        waiting = await reviews.tally(connection, now=now)
        territories = await reviews.service_level(connection, departements=None, edition_id=None, now=now)
    OPEN_REVIEWS.set(waiting["open"])
    OVERDUE_REVIEWS.set(waiting["overdue"])
    for row in territories:
        _show(row)


def _show(row: asyncpg.Record) -> None:
    departement = row["departement"] or "none"
    REVIEWS.labels(departement, "open").set(row["open"] - row["late"])
    REVIEWS.labels(departement, "late").set(row["late"])
    REVIEWS.labels(departement, "decided").set(row["decided"] - row["decided_late"])
    REVIEWS.labels(departement, "decided_late").set(row["decided_late"])
    ANSWER_SECONDS.labels(departement).set(row["seconds"] / row["decided"] if row["decided"] else 0)
