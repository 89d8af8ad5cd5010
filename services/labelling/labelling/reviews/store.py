"""SQL of reviews."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg

from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection

Status = Literal["open", "decided", "closed"]

_PAGE = """
SELECT reviews.decision_id, reviews.event_id, cases.edition_id, reviews.departement, reviews.revision, reviews.status,
       reviews.due_on, reviews.opened_at, reviews.ended_at, cases.event->>'title' AS title,
       cases.event->'organiser'->>'name' AS organiser_name, decisions.state::text AS decision
FROM reviews JOIN cases USING (event_id) JOIN decisions ON decisions.id = reviews.decision_id
WHERE reviews.status = $1 AND ($2::text IS NULL OR reviews.departement = $2)
  AND ($3::date IS NULL OR (reviews.due_on, reviews.decision_id) > ($3, $4::uuid))
ORDER BY reviews.due_on, reviews.decision_id LIMIT $5
"""
_LOCK_CASE = "SELECT event_id FROM cases WHERE event_id = $1 FOR UPDATE"
_LATEST = """
SELECT reviews.status, decisions.state::text AS decision
FROM reviews JOIN decisions ON decisions.id = reviews.decision_id
WHERE reviews.event_id = $1 ORDER BY reviews.opened_at DESC, reviews.decision_id DESC LIMIT 1
"""
_TALLY = """
SELECT count(*) AS open, count(*) FILTER (WHERE due_on < $1) AS overdue FROM reviews WHERE status = 'open'
"""
_END = "UPDATE reviews SET status = 'decided', ended_at = $2 WHERE decision_id = $1"


async def page(
    connection: Connection,
    *,
    status: Status,
    departement: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Reviews by deadline. `after`: deadline and decision of the last one of the page before."""
    due_on, decision_id = after or (None, None)
    return await connection.fetch(_PAGE, status, departement, due_on, decision_id, limit)


async def lock_latest(connection: Connection, event_id: UUID) -> tuple[Status, DecisionState] | None:
    """The latest review of an event: its status, and the decision that it is about. Locks the case."""
    await connection.execute(_LOCK_CASE, event_id)
    row = await connection.fetchrow(_LATEST, event_id)
    return None if row is None else (row["status"], DecisionState.model_validate_json(row["decision"]))


async def end(connection: Connection, decision_id: UUID, *, now: datetime) -> None:
    """Mark a review as decided."""
    await connection.execute(_END, decision_id, now)


async def tally(connection: Connection, *, today: date) -> asyncpg.Record:
    """How many reviews are open, and how many of them are `overdue`."""
    row = await connection.fetchrow(_TALLY, today)
    assert row is not None
    return row
