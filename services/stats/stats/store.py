"""
All SQL of the service. Tables are named without a schema, so that a rebuild runs the same statements on its shadows.

Rows are written in the order of their keys, so that two transactions cannot deadlock. What changes an edition's
figures notifies `CHANNEL` with the edition's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from shared.contracts.stats import Dimension
from shared.runtime.database import Connection
from stats.domain import ALL, DIMENSIONS, IN_PROGRAMME, UNKNOWN, CountedEvent, Edition, Figures, Filters, Tally

CHANNEL = "figures"

_RECORD_EDITIONS = """
WITH changed AS (
    INSERT INTO editions AS known (id, sequence, number, status)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::text[]) AS news (id) ORDER BY id
    ON CONFLICT (id) DO UPDATE
    SET sequence = excluded.sequence, number = excluded.number, status = excluded.status
    WHERE known.sequence < excluded.sequence
    RETURNING id
)
SELECT pg_notify('figures', id) FROM changed
"""

_RECORD_EVENTS = """
WITH changed AS (
    INSERT INTO events AS known
        (event_id, event_sequence, edition_id, status, region, departement, type, themes, audience, hours, occurrence)
    SELECT event_id, sequence, edition_id, status, region, departement, type, themes, audience, hours, occurrence
    FROM jsonb_to_recordset($1) AS news (event_id uuid, sequence bigint, edition_id text, status text, region text,
        departement text, type text, themes text[], audience text[], hours text[],
        occurrence text)
    ORDER BY event_id
    ON CONFLICT (event_id) DO UPDATE
    SET event_sequence = excluded.event_sequence, edition_id = excluded.edition_id, status = excluded.status,
        region = excluded.region, departement = excluded.departement, type = excluded.type,
        themes = excluded.themes, audience = excluded.audience, hours = excluded.hours,
        occurrence = excluded.occurrence
    WHERE known.event_sequence < excluded.event_sequence
    RETURNING edition_id
)
SELECT pg_notify('figures', edition_id) FROM (SELECT DISTINCT edition_id FROM changed) AS editions
"""

_RECORD_GUEST_LISTS = """
WITH changed AS (
    INSERT INTO events AS known (event_id, list_sequence, announced, actual)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[]) AS news (event_id) ORDER BY event_id
    ON CONFLICT (event_id) DO UPDATE
    SET list_sequence = excluded.list_sequence, announced = excluded.announced, actual = excluded.actual
    WHERE known.list_sequence < excluded.list_sequence
    RETURNING edition_id
)
SELECT pg_notify('figures', edition_id)
FROM (SELECT DISTINCT edition_id FROM changed WHERE edition_id IS NOT NULL) AS editions
"""

_EDITIONS = """
SELECT id, number, status FROM editions
UNION ALL
SELECT DISTINCT edition_id, NULL::integer, NULL
FROM events WHERE event_sequence > 0 AND edition_id NOT IN (SELECT id FROM editions)
"""

_SUMS = "count(*)::bigint, coalesce(sum(announced), 0)::bigint, coalesce(sum(actual), 0)::bigint"
_FIGURES = f"""
WITH located AS (
    SELECT status, coalesce(region, '{UNKNOWN}') AS region, coalesce(departement, '{UNKNOWN}') AS departement, type,
        themes, audience, hours, occurrence, announced, actual
    FROM events WHERE edition_id = $1 AND event_sequence > 0
), chosen AS MATERIALIZED (
    SELECT * FROM located
    WHERE ($2::text[] = '{{}}' OR status = ANY($2)) AND ($3::text[] = '{{}}' OR region = ANY($3))
    AND ($4::text[] = '{{}}' OR departement = ANY($4)) AND ($5::text[] = '{{}}' OR type = ANY($5))
    AND ($6::text[] = '{{}}' OR themes && $6) AND ($7::text[] = '{{}}' OR audience && $7)
    AND ($8::text[] = '{{}}' OR hours && $8) AND ($9::text[] = '{{}}' OR occurrence = ANY($9))
), going AS MATERIALIZED (
    SELECT * FROM chosen WHERE $2::text[] <> '{{}}' OR status = ANY($10::text[])
), counted AS MATERIALIZED (
    SELECT * FROM going WHERE $9::text[] <> '{{}}' OR occurrence <> 'cancelled'
)
SELECT 'total' AS dimension, '{ALL}' AS value, {_SUMS} FROM counted
UNION ALL SELECT 'status', status, {_SUMS} FROM chosen GROUP BY status
UNION ALL SELECT 'region', region, {_SUMS} FROM counted GROUP BY region
UNION ALL SELECT 'departement', departement, {_SUMS} FROM counted GROUP BY departement
UNION ALL SELECT 'type', type, {_SUMS} FROM counted GROUP BY type
UNION ALL SELECT 'theme', theme, {_SUMS} FROM counted, unnest(themes) AS theme GROUP BY theme
UNION ALL SELECT 'audience', each, {_SUMS} FROM counted, unnest(audience) AS each GROUP BY each
UNION ALL SELECT 'hour', hour, {_SUMS} FROM counted, unnest(hours) AS hour GROUP BY hour
UNION ALL SELECT 'occurrence', occurrence, {_SUMS} FROM going GROUP BY occurrence
ORDER BY dimension, value
"""

_MAKE_COUNTERS = """
INSERT INTO counters (edition_id, dimension) SELECT $1, dimension FROM unnest($2::text[]) AS dimension
ON CONFLICT DO NOTHING
"""
_LOCK_COUNTERS = """
SELECT dimension, sequence, tallies FROM counters WHERE edition_id = $1 ORDER BY dimension FOR UPDATE
"""
_SAVE_COUNTER = "UPDATE counters SET sequence = $3, tallies = $4 WHERE edition_id = $1 AND dimension = $2"


async def record_editions(connection: Connection, *, editions: Sequence[Edition], sequences: Sequence[int]) -> None:
    """Keep each edition's state, unless a later one is known."""
    await connection.execute(
        _RECORD_EDITIONS,
        [each.id for each in editions],
        sequences,
        [each.number for each in editions],
        [each.status for each in editions],
    )


async def record_events(connection: Connection, *, events: Sequence[CountedEvent]) -> None:
    """Keep each event's dimensions, unless later ones are known."""
    await connection.execute(_RECORD_EVENTS, [asdict(event) for event in events])


async def record_guest_lists(
    connection: Connection,
    *,
    event_ids: Sequence[UUID],
    sequences: Sequence[int],
    announced: Sequence[int],
    actual: Sequence[int | None],
) -> None:
    """Keep each guest list's totals, unless later ones are known."""
    await connection.execute(_RECORD_GUEST_LISTS, event_ids, sequences, announced, actual)


async def editions(connection: Connection) -> dict[str, Edition]:
    """Every edition that is known, be it by its events alone."""
    rows = await connection.fetch(_EDITIONS)
    return {row["id"]: Edition(id=row["id"], number=row["number"], status=row["status"]) for row in rows}


async def figures(connection: Connection, *, edition_id: str, filters: Filters) -> Figures:
    """Tallies by dimension and value, of the events that pass the filters; values without events are left out."""
    rows = await connection.fetch(
        _FIGURES,
        edition_id,
        filters.status,
        filters.region,
        filters.departement,
        filters.type,
        filters.theme,
        filters.audience,
        filters.hour,
        filters.occurrence,
        IN_PROGRAMME,
    )
    found: dict[Dimension, dict[str, Tally]] = {dimension: {} for dimension in DIMENSIONS}
    for dimension, value, events, announced, actual in rows:
        found[dimension][value] = Tally(events, announced, actual)
    return found


async def lock_counters(connection: Connection, *, edition_id: str) -> tuple[dict[Dimension, int], Figures]:
    """The sequence of each counter and the figures published last; other publishers wait for this transaction."""
    await connection.execute(_MAKE_COUNTERS, edition_id, DIMENSIONS)
    rows = await connection.fetch(_LOCK_COUNTERS, edition_id)
    sequences = {row["dimension"]: row["sequence"] for row in rows}
    published = {row["dimension"]: {value: Tally(*tally) for value, tally in row["tallies"].items()} for row in rows}
    return sequences, published


async def save_counter(
    connection: Connection, *, edition_id: str, dimension: Dimension, sequence: int, tallies: Mapping[str, Tally]
) -> None:
    """Remember what is published now."""
    await connection.execute(
        _SAVE_COUNTER, edition_id, dimension, sequence, {value: tuple(tally) for value, tally in tallies.items()}
    )
