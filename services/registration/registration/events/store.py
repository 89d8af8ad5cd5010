"""SQL of events and drafts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from registration.events.stored import StoredEvent, stored
from shared.runtime.database import Connection

SELECT = """
SELECT e.*, o.kind AS organiser_kind, o.name AS organiser_name, o.siret AS organiser_siret, o.uai AS organiser_uai,
       o.rna AS organiser_rna
FROM events e JOIN organisers o ON o.id = e.organiser_id
"""
_COLUMNS = (
    "id", "edition_id", "organiser_id", "reference", "sequence", "catalogue_sequence", "in_catalogue", "shown",
    "revision", "status", "content", "content_hash", "judged_hash", "likeness", "time_zone", "commune", "departement",
    "region", "duplicate_of", "notify", "receipts", "occurrence", "previous_slots", "act_number", "act_revision",
    "status_before_act", "answer", "calendar_sequence", "moves", "amendments", "submitted_at", "changed_at",
)  # fmt: skip
_CHANGEABLE = {
    "reference": "text", "sequence": "bigint", "catalogue_sequence": "bigint", "in_catalogue": "boolean",
    "shown": "jsonb", "revision": "integer", "status": "text", "content": "jsonb", "content_hash": "bytea",
    "judged_hash": "bytea", "time_zone": "text", "commune": "text", "departement": "text", "region": "text",
    "duplicate_of": "uuid", "notify": "boolean", "receipts": "integer", "occurrence": "text",
    "act_number": "integer", "act_revision": "integer", "status_before_act": "text",
    "answer": "text", "calendar_sequence": "integer", "moves": "integer", "amendments": "integer",
    "submitted_at": "timestamptz", "changed_at": "timestamptz",
}  # fmt: skip
_INSERT_ONE = f"""
WITH new AS (
    INSERT INTO events ({", ".join(_COLUMNS)}) VALUES ({", ".join(f"${n}" for n, _ in enumerate(_COLUMNS, 1))})
    RETURNING id, edition_id
)
INSERT INTO guest_lists (event_id, edition_id, capacity) SELECT id, edition_id, ${len(_COLUMNS) + 1} FROM new
"""
_UPDATE = f"""
UPDATE events SET ({", ".join(_CHANGEABLE)}, likeness, previous_slots)
    = ({", ".join(f"new.{name}" for name in _CHANGEABLE)}, string_to_array(new.likeness, ' '),
       new.previous_slots::jsonb)
FROM unnest($1::uuid[], {", ".join(f"${n}::{type_}[]" for n, type_ in enumerate(_CHANGEABLE.values(), 2))},
            ${len(_CHANGEABLE) + 2}::text[], ${len(_CHANGEABLE) + 3}::text[])
    AS new (id, {", ".join(_CHANGEABLE)}, likeness, previous_slots)
WHERE events.id = new.id
"""
_TRANSITION = """
UPDATE events SET sequence = new.sequence, catalogue_sequence = new.catalogue_sequence,
    in_catalogue = new.in_catalogue, shown = NULL, status = new.status, answer = new.answer, changed_at = new.changed_at
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::boolean[], $5::text[], $6::text[], $7::timestamptz[])
    AS new (id, sequence, catalogue_sequence, in_catalogue, status, answer, changed_at)
WHERE events.id = new.id
"""
_ALIKE = """
SELECT id, duplicate_of, likeness FROM events
WHERE edition_id = $1 AND likeness && $2::text[] AND status <> 'withdrawn' AND id <> ALL($3::uuid[])
ORDER BY duplicate_of IS NOT NULL, submitted_at, id
"""
_PAGE = """
WHERE ($1::text IS NULL OR e.edition_id = $1)
  AND ($2::text IS NULL OR coalesce(CASE WHEN $6 THEN e.shown->>'status' END, e.status) = $2)
  AND ($3::text IS NULL OR coalesce(CASE WHEN $6 THEN e.shown->'place'->>'departement' END, e.departement) = $3)
  AND ($4::uuid IS NULL OR e.organiser_id = $4)
  AND ($5::text IS NULL OR e.reference = $5) AND (NOT $6::boolean OR e.in_catalogue)
  AND ($7::uuid IS NULL OR e.id > $7)
ORDER BY e.id LIMIT $8
"""
_SAVE_DRAFT = """
INSERT INTO drafts (id, edition_id, organiser_id, content, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET content = excluded.content, changed_at = excluded.changed_at
"""


class Alike(NamedTuple):
    """An event by what makes others its duplicates."""

    id: UUID
    duplicate_of: UUID | None
    likeness: list[str]


async def lock_organisers(connection: Connection, ids: Sequence[UUID]) -> None:
    """One writer of an organiser's events at a time: references and likeness are decided in order."""
    await connection.execute("SELECT 1 FROM organisers WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", ids)


async def organisers_of(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Whose events these are."""
    rows = await connection.fetch("SELECT DISTINCT organiser_id FROM events WHERE id = ANY($1)", ids)
    return [row["organiser_id"] for row in rows]


async def lock(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
    rows = await connection.fetch(f"{SELECT} WHERE e.id = ANY($1) ORDER BY e.id FOR NO KEY UPDATE OF e", ids)
    return {row["id"]: stored(row) for row in rows}


async def lock_by_reference(
    connection: Connection, *, edition_id: str, keys: Sequence[tuple[UUID, str]]
) -> dict[tuple[UUID, str], StoredEvent]:
    """Events by organiser and reference."""
    rows = await connection.fetch(
        f"{SELECT} JOIN unnest($2::uuid[], $3::text[]) AS k (organiser_id, reference)"
        " ON k.organiser_id = e.organiser_id AND k.reference = e.reference"
        " WHERE e.edition_id = $1 ORDER BY e.id FOR NO KEY UPDATE OF e",
        edition_id,
        [organiser for organiser, _ in keys],
        [reference for _, reference in keys],
    )
    return {(row["organiser_id"], row["reference"]): stored(row) for row in rows}


async def has_reference(connection: Connection, reference: str, *, edition_id: str, organiser_id: UUID) -> bool:
    """Whether an event of the organiser has this reference."""
    row = await connection.fetchrow(
        "SELECT 1 FROM events WHERE edition_id = $1 AND organiser_id = $2 AND reference = $3",
        edition_id,
        organiser_id,
        reference,
    )
    return row is not None


async def alike(
    connection: Connection, *, edition_id: str, marks: Sequence[str], apart_from: Sequence[UUID]
) -> list[Alike]:
    """Events of the edition with one of these marks of likeness; originals first, in the order of submission."""
    rows = await connection.fetch(_ALIKE, edition_id, marks, apart_from)
    return [Alike(row["id"], row["duplicate_of"], row["likeness"]) for row in rows]


async def insert(connection: Connection, events: Sequence[StoredEvent]) -> None:
    """Add events with their guest lists. One alone goes in one round trip instead of four."""
    if len(events) == 1:
        await connection.execute(_INSERT_ONE, *_record(events[0]), events[0].content.capacity)
        return
    await connection.copy_records_to_table("events", records=[_record(each) for each in events], columns=_COLUMNS)
    await connection.executemany(
        "INSERT INTO guest_lists (event_id, edition_id, capacity) VALUES ($1, $2, $3)",
        [(each.id, each.edition_id, each.content.capacity) for each in events],
    )


async def update(connection: Connection, events: Sequence[StoredEvent]) -> None:
    """Save all that can change."""
    records = [dict(zip(_COLUMNS, _record(each), strict=True)) for each in events]
    columns = [[record[name] for record in records] for name in _CHANGEABLE]
    # A list of lists would be an array of two dimensions: lists go as text.
    await connection.execute(
        _UPDATE,
        [each.id for each in events],
        *columns,
        [" ".join(each.likeness) for each in events],
        [orjson.dumps(record["previous_slots"]).decode() for record in records],
    )


async def save_transitions(connection: Connection, events: Sequence[StoredEvent]) -> None:
    """Save status and sequences. Every decision and withdrawal settles what the public sees."""
    await connection.execute(
        _TRANSITION,
        [each.id for each in events],
        [each.sequence for each in events],
        [each.catalogue_sequence for each in events],
        [each.in_catalogue for each in events],
        [each.status for each in events],
        [each.answer for each in events],
        [each.changed_at for each in events],
    )


async def read(connection: Connection, id_: UUID) -> StoredEvent | None:
    row = await connection.fetchrow(f"{SELECT} WHERE e.id = $1", id_)
    return stored(row) if row else None


async def read_many(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
    rows = await connection.fetch(f"{SELECT} WHERE e.id = ANY($1)", ids)
    return {row["id"]: stored(row) for row in rows}


async def page(
    connection: Connection,
    *,
    edition_id: str | None,
    status: str | None,
    departement: str | None,
    organiser_id: UUID | None,
    reference: str | None,
    catalogue_only: bool,
    after: UUID | None,
    limit: int,
) -> list[StoredEvent]:
    """Events after an id, in order of their ids."""
    rows = await connection.fetch(
        SELECT + _PAGE, edition_id, status, departement, organiser_id, reference, catalogue_only, after, limit
    )
    return [stored(row) for row in rows]


async def save_draft(
    connection: Connection, *, id_: UUID, edition_id: str, organiser_id: UUID, content: dict[str, Any], now: datetime
) -> None:
    await connection.execute(_SAVE_DRAFT, id_, edition_id, organiser_id, content, now)


async def lock_draft(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM drafts WHERE id = $1 FOR UPDATE", id_)


async def read_draft(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM drafts WHERE id = $1", id_)


async def delete_draft(connection: Connection, id_: UUID) -> None:
    await connection.execute("DELETE FROM drafts WHERE id = $1", id_)


def _record(event: StoredEvent) -> tuple[Any, ...]:
    return (
        event.id, event.edition_id, event.organiser.id, event.content.reference, event.sequence,
        event.catalogue_sequence, event.in_catalogue, event.shown and event.shown.model_dump(mode="json"),
        event.revision, event.status,
        event.content.model_dump(mode="json"), event.content_hash, event.judged_hash, event.likeness,
        event.territory.time_zone, event.territory.commune, event.territory.departement, event.territory.region,
        event.duplicate_of, event.notify, event.receipts, event.occurrence,
        [slot.model_dump(mode="json") for slot in event.previous_slots], event.act_number, event.act_revision,
        event.status_before_act, event.answer, event.calendar_sequence, event.moves, event.amendments,
        event.submitted_at, event.changed_at,
    )  # fmt: skip
