"""SQL of redecisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg

from shared.contracts.registration import EventState
from shared.runtime.database import Connection

Scope = Literal["open", "all"]

_BEGIN = "INSERT INTO redecisions (charter_version, scope, begun_at) VALUES ($1, $2, $3)"
_TAKE = """
SELECT charter_version, scope, after FROM redecisions WHERE finished_at IS NULL
ORDER BY begun_at, charter_version LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# An open appeal is left to whoever decides it: it is the only one that its organiser has. What waits for a decision
# anyway gets one by the charter in force, and so does what an act on the edition has yet to reach.
_CASES_AFTER = """
SELECT cases.event::text, cases.verdict, open.due_on
FROM cases JOIN editions ON editions.id = cases.edition_id AND editions.act_number <= cases.act_number
     LEFT JOIN reviews AS open ON open.event_id = cases.event_id AND open.status = 'open'
WHERE cases.edition_id IN (SELECT edition_id FROM charters_in_force WHERE version = $1)
  AND cases.decided_revision = cases.revision AND NOT cases.withdrawn
  AND ($2 = 'all' OR open.event_id IS NOT NULL)
  AND ($3::uuid IS NULL OR cases.event_id > $3)
  AND NOT EXISTS (SELECT FROM decisions WHERE decisions.id = open.decision_id AND decisions.appeal)
  AND NOT EXISTS (SELECT FROM decisions WHERE decisions.event_id = cases.event_id
                  AND decisions.revision = cases.revision AND decisions.charter_version = $1
                  AND decisions.decided_by = 'charter' AND NOT decisions.appeal)
ORDER BY cases.event_id LIMIT $4 FOR UPDATE OF cases
"""
_CLOSE_REVIEWS = "UPDATE reviews SET status = 'closed', ended_at = $2 WHERE event_id = ANY ($1) AND status = 'open'"
_GO_ON = """
UPDATE redecisions SET after = $2, decided = decided + $3, changed = changed + $4
WHERE charter_version = $1
"""
_FINISH = "UPDATE redecisions SET finished_at = $2 WHERE charter_version = $1"
_READ = """
SELECT charter_version, scope, decided, changed, begun_at, finished_at FROM redecisions WHERE charter_version = $1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A case that is decided: its event, the verdict that holds, and by when the committee has promised one."""

    event: EventState
    verdict: str
    due_on: date | None


async def begin(connection: Connection, charter_version: str, *, scope: Scope, now: datetime) -> None:
    """Have the cases of a charter decided again, from now on, in the background."""
    await connection.execute(_BEGIN, charter_version, scope, now)


async def take(connection: Connection) -> asyncpg.Record | None:
    """The oldest redecision that is not finished, unless another process is at it. Locks it."""
    return await connection.fetchrow(_TAKE)


async def cases_after(
    connection: Connection, charter_version: str, *, scope: Scope, after: UUID | None, limit: int
) -> list[Decided]:
    """The next cases that the charter in force has not decided, in order of their ids. Locks them."""
    rows = await connection.fetch(_CASES_AFTER, charter_version, scope, after, limit)
    return [
        Decided(event=EventState.model_validate_json(row["event"]), verdict=row["verdict"], due_on=row["due_on"])
        for row in rows
    ]


async def close_reviews(connection: Connection, event_ids: Sequence[UUID], *, now: datetime) -> None:
    """Take events off the committee's queue; what is decided of them now may put them there again."""
    await connection.execute(_CLOSE_REVIEWS, event_ids, now)


async def go_on(connection: Connection, charter_version: str, *, after: UUID, decided: int, changed: int) -> None:
    """Remember how far it is."""
    await connection.execute(_GO_ON, charter_version, after, decided, changed)


async def finish(connection: Connection, charter_version: str, *, now: datetime) -> None:
    await connection.execute(_FINISH, charter_version, now)


async def read(connection: Connection, charter_version: str) -> asyncpg.Record | None:
    return await connection.fetchrow(_READ, charter_version)
