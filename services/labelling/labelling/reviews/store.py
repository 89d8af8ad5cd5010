"""SQL of reviews."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg

from shared.contracts.labelling import DecisionState
from shared.contracts.registration import EventState
from shared.runtime.database import Connection

Status = Literal["open", "decided", "closed"]
Whose = Literal["anyone", "nobody", "mine", "others"]

_REVIEW = """
SELECT reviews.decision_id, reviews.event_id, cases.edition_id, reviews.departement, reviews.revision, reviews.status,
       reviews.due_on, reviews.due_before, reviews.opened_at, reviews.ended_at, cases.event->>'title' AS title,
       cases.event->'organiser'->>'name' AS organiser_name, decisions.state::text AS decision, decisions.appeal,
       reviews.appeal_reason, CASE WHEN reviews.claimed_until > $1 THEN reviews.claimed_by END AS claimed_by,
       CASE WHEN reviews.claimed_until > $1 THEN reviews.claimed_until END AS claimed_until
FROM reviews JOIN cases USING (event_id) JOIN decisions ON decisions.id = reviews.decision_id
"""
_PAGE = f"""
{_REVIEW}
WHERE reviews.status = $2 AND ($3::text[] IS NULL OR reviews.departement = ANY($3))
  AND ($4::text IS NULL OR cases.edition_id = $4)
  AND CASE $5 WHEN 'nobody' THEN coalesce(reviews.claimed_until <= $1, true)
              WHEN 'mine' THEN coalesce(reviews.claimed_until > $1, false) AND reviews.claimed_by = $6
              WHEN 'others' THEN coalesce(reviews.claimed_until > $1, false) AND reviews.claimed_by <> $6
              ELSE true END
  AND ($7::date IS NULL OR (reviews.due_on, reviews.decision_id) > ($7, $8::uuid))
ORDER BY reviews.due_on, reviews.decision_id LIMIT $9
"""
_OF_EVENT = f"""
{_REVIEW}
WHERE reviews.event_id = $2 ORDER BY reviews.opened_at DESC, reviews.decision_id DESC LIMIT 1
"""
_EVENT = "SELECT event::text FROM cases WHERE event_id = $1"
_LOCK_CASE = "SELECT event_id FROM cases WHERE event_id = $1 FOR UPDATE"
_LATEST = """
SELECT reviews.status, reviews.claimed_by, reviews.claimed_until, reviews.decided_before,
       decisions.state::text AS decision
FROM reviews JOIN decisions ON decisions.id = reviews.decision_id
WHERE reviews.event_id = $1 ORDER BY reviews.opened_at DESC, reviews.decision_id DESC LIMIT 1
"""
_TALLY = """
SELECT count(*) AS open, count(*) FILTER (WHERE due_before <= $1) AS overdue FROM reviews WHERE status = 'open'
"""
_SERVICE_LEVEL = """
SELECT departement,
       count(*) FILTER (WHERE status = 'open') AS open,
       count(*) FILTER (WHERE status = 'open' AND due_before > $1 AND due_before <= $1 + interval '1 day') AS due_today,
       count(*) FILTER (WHERE status = 'open' AND due_before <= $1) AS late,
       count(*) FILTER (WHERE status = 'open' AND claimed_until > $1) AS claimed,
       count(*) FILTER (WHERE status = 'decided') AS decided,
       count(*) FILTER (WHERE status = 'decided' AND ended_at >= due_before) AS decided_late,
       coalesce(sum(extract(epoch FROM ended_at - opened_at)) FILTER (WHERE status = 'decided'), 0)::float8 AS seconds
FROM reviews
WHERE ($2::text[] IS NULL OR departement = ANY($2))
  AND ($3::text IS NULL OR event_id IN (SELECT event_id FROM cases WHERE edition_id = $3))
GROUP BY departement ORDER BY departement NULLS LAST
"""
_END = """
UPDATE reviews SET status = 'decided', ended_at = $2, claimed_by = NULL, claimed_until = NULL WHERE decision_id = $1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The latest review of an event. `pending`: the decision that it is about; `decided_before`: see appeals."""

    status: Status
    pending: DecisionState
    claimed_by: str | None
    claimed_until: datetime | None
    decided_before: str | None

    def holder(self, now: datetime) -> str | None:
        """Who has claimed it, as long as the lease runs."""
        return self.claimed_by if self.claimed_until is not None and self.claimed_until > now else None


async def page(
    connection: Connection,
    *,
    status: Status,
    departements: list[str] | None,
    edition_id: str | None,
    claimed_by: Whose,
    caller: str,
    after: tuple[date, UUID] | None,
    limit: int,
    now: datetime,
) -> list[asyncpg.Record]:
    """Reviews by deadline. `after`: deadline and decision of the last one of the page before."""
    due_on, decision_id = after or (None, None)
    return await connection.fetch(
        _PAGE, now, status, departements, edition_id, claimed_by, caller, due_on, decision_id, limit
    )


async def of_event(connection: Connection, event_id: UUID, *, now: datetime) -> asyncpg.Record | None:
    """The latest review of an event, as the pages have it."""
    return await connection.fetchrow(_OF_EVENT, now, event_id)


async def event(connection: Connection, event_id: UUID) -> EventState:
    """The event as it stands."""
    return EventState.model_validate_json(await connection.fetchval(_EVENT, event_id))


async def lock_latest(connection: Connection, event_id: UUID) -> Review | None:
    """The latest review of an event, if it ever had one. Locks the case."""
    await connection.execute(_LOCK_CASE, event_id)
    row = await connection.fetchrow(_LATEST, event_id)
    if row is None:
        return None
    fields = dict(row)
    return Review(pending=DecisionState.model_validate_json(fields.pop("decision")), **fields)


async def end(connection: Connection, decision_id: UUID, *, now: datetime) -> None:
    """Mark a review as decided."""
    await connection.execute(_END, decision_id, now)


async def tally(connection: Connection, *, now: datetime) -> asyncpg.Record:
    """How many reviews are open, and how many of them are `overdue`."""
    row = await connection.fetchrow(_TALLY, now)
    assert row is not None
    return row


async def service_level(
    connection: Connection, *, departements: list[str] | None, edition_id: str | None, now: datetime
) -> list[asyncpg.Record]:
    """By territory: how many are how far; `seconds`: what all answers together took."""
    return await connection.fetch(_SERVICE_LEVEL, now, departements, edition_id)
