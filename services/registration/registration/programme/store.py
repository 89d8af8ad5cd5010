"""SQL of the public programme's search. The table `programme` is kept by a trigger on `events`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from registration.programme.domain import PER_PAGE, Question
from shared.runtime.database import Connection

_FOUND = """
WITH found AS MATERIALIZED (
    SELECT p.event_id, p.departement, p.begins,
        CASE WHEN $2 = '' THEN 0 ELSE ts_rank(p.document, websearch_to_tsquery('programme', $2)) END AS rank
    FROM programme p
    WHERE p.edition_id = $1
      AND ($3::date IS NULL OR p.days @> ARRAY[$3::date])
      AND ($4::text IS NULL OR p.type = $4)
      AND ($5::text IS NULL OR p.themes @> ARRAY[$5::text])
      AND ($6::text IS NULL OR p.audience @> ARRAY[$6::text])
      AND ($7::text IS NULL OR p.accessibility @> ARRAY[$7::text])
      AND (NOT $8::boolean OR EXISTS (
          SELECT 1 FROM guest_lists g
          WHERE g.event_id = p.event_id AND (g.capacity IS NULL OR g.announced + g.held < g.capacity)))
      AND {text}
), wanted AS MATERIALIZED (
    SELECT * FROM found WHERE $9::text[] IS NULL OR departement = ANY($9)
)
SELECT (SELECT count(*) FROM wanted) AS total,
    ARRAY(SELECT event_id FROM wanted ORDER BY rank DESC, begins, event_id LIMIT $10 OFFSET $11) AS ids,
    (SELECT coalesce(jsonb_object_agg(departement, number), '{{}}') FROM (
        SELECT departement, count(*) AS number FROM found WHERE departement IS NOT NULL GROUP BY departement
    ) AS each) AS departements
"""
_EXACTLY = _FOUND.format(text="($2 = '' OR p.document @@ websearch_to_tsquery('programme', $2))")
_NEARLY = _FOUND.format(text="p.event_id IN (SELECT programme_alike($1, $12))")
_FIGURES = """
SELECT count(*) AS events, coalesce(sum(g.announced), 0)::bigint AS announced
FROM events e JOIN guest_lists g ON g.event_id = e.id
WHERE e.edition_id = $1 AND e.status IN ('submitted', 'in_review', 'labelled')
"""
_BY_DEPARTEMENT = """
SELECT departement, count(*) AS number FROM programme WHERE edition_id = $1 AND departement IS NOT NULL
GROUP BY departement
"""
_NEXT = """
SELECT event_id FROM programme WHERE edition_id = $1 ORDER BY begins < $2, begins, event_id LIMIT $3
"""
_CHANGES = """
SELECT e.id, e.changed_at FROM programme p JOIN events e ON e.id = p.event_id
WHERE p.edition_id = $1 ORDER BY e.id LIMIT $2
"""
_PLACES = """
SELECT event_id, capacity, announced, held FROM guest_lists WHERE event_id = ANY($1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    What a search found: ids of one page, how many in all, and how many by département whatever the territory asked for.

    `nearly`: nothing has all the words; these have words that look like them.
    """

    ids: list[UUID]
    total: int
    departements: Mapping[str, int]
    nearly: bool = False


class Places(NamedTuple):
    """Of an event's guest list; `capacity` None: no limit. `held`: offered to people who wait."""

    capacity: int | None
    announced: int
    held: int = 0

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.announced - self.held, 0)


async def search(connection: Connection, *, edition_id: str, question: Question) -> Found:
    """Events of the programme, the best match first, then in the order of time."""
    asked = (
        edition_id,
        question.text,
        question.day,
        question.type,
        question.theme,
        question.audience,
        question.accessibility,
        question.free,
        question.departements,
        PER_PAGE,
        (question.page - 1) * PER_PAGE,
    )
    row = await connection.fetchrow(_EXACTLY, *asked)
    assert row is not None
    nearly = not row["departements"] and not row["total"] and bool(question.words)
    if nearly:
        row = await connection.fetchrow(_NEARLY, *asked, question.words)
        assert row is not None
    return Found(
        ids=row["ids"], total=row["total"], departements=row["departements"], nearly=nearly and row["total"] > 0
    )


async def figures(connection: Connection, *, edition_id: str) -> tuple[int, int]:
    """Events in the programme or on their way to it, and people announced: as the counters count them."""
    row = await connection.fetchrow(_FIGURES, edition_id)
    assert row is not None
    return row["events"], row["announced"]


async def by_departement(connection: Connection, *, edition_id: str) -> dict[str, int]:
    """How many events of the programme each département has."""
    return {row["departement"]: row["number"] for row in await connection.fetch(_BY_DEPARTEMENT, edition_id)}


async def places(connection: Connection, ids: list[UUID]) -> dict[UUID, Places]:
    rows = await connection.fetch(_PLACES, ids)
    return {row["event_id"]: Places(row["capacity"], row["announced"], row["held"]) for row in rows}


async def changes(connection: Connection, *, edition_id: str, limit: int) -> list[tuple[UUID, datetime]]:
    """The events of the programme, each with its last change."""
    return [(row["id"], row["changed_at"]) for row in await connection.fetch(_CHANGES, edition_id, limit)]


async def next_events(connection: Connection, *, edition_id: str, now: datetime, limit: int) -> list[UUID]:
    """The first that are still to come; the first of all where none is."""
    rows = await connection.fetch(_NEXT, edition_id, now.replace(tzinfo=None), limit)
    return [row["event_id"] for row in rows]
