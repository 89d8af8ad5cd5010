"""SQL of likenesses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.contracts.labelling import Verdict
from shared.contracts.registration import EventState
from shared.runtime.database import Connection

Kind = Literal["text", "place"]

_TAKE = """
DELETE FROM unmarked WHERE event_id IN (SELECT event_id FROM unmarked ORDER BY event_id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING event_id
"""
_EVENTS = "SELECT event::text FROM cases WHERE event_id = ANY ($1)"
_FORGET = "DELETE FROM marks WHERE event_id = ANY ($1)"
_SEEDS = """
SELECT event_id FROM cases
WHERE edition_id = $1 AND NOT withdrawn AND ($2::text[] IS NULL OR event->'place'->>'departement' = ANY($2))
  AND ($3::uuid IS NULL OR event_id > $3)
ORDER BY event_id LIMIT $4
"""
# Each pair once: with both ends among the events of the territory, by the one with the lower id.
_PAIRS = """
SELECT mine.event_id AS first, other.event_id AS second, mine.kind
FROM marks AS mine JOIN marks AS other USING (edition_id, kind, mark) JOIN cases ON cases.event_id = other.event_id
WHERE mine.event_id = ANY ($1) AND other.event_id <> mine.event_id AND NOT cases.withdrawn
  AND ($2::boolean OR other.event_id > mine.event_id
       OR $3::text[] IS NOT NULL AND (cases.event->'place'->>'departement' = ANY($3)) IS NOT TRUE)
GROUP BY mine.event_id, other.event_id, mine.kind HAVING mine.kind = 'place' OR count(*) >= $4
"""
_LOOKED_AT = """
SELECT cases.event::text, cases.verdict, open.event_id IS NOT NULL AS in_review
FROM cases LEFT JOIN reviews AS open ON open.event_id = cases.event_id AND open.status = 'open'
WHERE cases.event_id = ANY ($1)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An event, the verdict that holds for it, and whether it waits for the committee."""

    event: EventState
    verdict: Verdict | None
    in_review: bool


async def take_unmarked(connection: Connection, *, limit: int) -> list[EventState]:
    """Some events whose marks are to be made anew; nobody else gets them unless this transaction fails."""
    ids = [row["event_id"] for row in await connection.fetch(_TAKE, limit)]
    return [EventState.model_validate_json(row["event"]) for row in await connection.fetch(_EVENTS, ids)]


async def mark(
    connection: Connection, events: Sequence[EventState], marks: Iterable[tuple[str, Kind, int, UUID]]
) -> None:
    """Replace the marks of events. `marks`: edition, kind, mark and event of each."""
    await connection.execute(_FORGET, [event.id for event in events])
    await connection.copy_records_to_table("marks", records=marks, columns=("edition_id", "kind", "mark", "event_id"))


async def seeds(
    connection: Connection, edition_id: str, *, departements: list[str] | None, after: UUID | None, limit: int
) -> list[UUID]:
    """The next events of an edition, of one territory if one is given."""
    return [row["event_id"] for row in await connection.fetch(_SEEDS, edition_id, departements, after, limit)]


async def pairs(
    connection: Connection, event_ids: Sequence[UUID], *, departements: list[str] | None, whole: bool, shared: int
) -> list[tuple[UUID, UUID, Kind]]:
    """Pairs of one of these events with another that shares a place and time, or as many marks of its text."""
    rows = await connection.fetch(_PAIRS, event_ids, whole, departements, shared)
    return [(row["first"], row["second"], row["kind"]) for row in rows]


async def candidates(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, Candidate]:
    found = [
        Candidate(
            event=EventState.model_validate_json(row["event"]), verdict=row["verdict"], in_review=row["in_review"]
        )
        for row in await connection.fetch(_LOOKED_AT, event_ids)
    ]
    return {each.event.id: each for each in found}
