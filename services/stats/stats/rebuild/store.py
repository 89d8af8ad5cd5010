"""
SQL of a rebuild.

The shadows are temporary tables of the same names: on this connection they come before the live ones, so that the
operations of the service fill them unchanged, and nothing is left of a rebuild that breaks off.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.topics import EDITIONS, EVENTS, PARTICIPATIONS, Topic
from shared.runtime.database import Connection

_CREATE_SHADOWS = """
CREATE TEMPORARY TABLE editions (LIKE public.editions INCLUDING ALL);
CREATE TEMPORARY TABLE events (LIKE public.events INCLUDING ALL);
"""

# Readers go on; writers wait. In the order in which consumers write, so that nobody deadlocks.
_LOCK_LIVE = """
SET LOCAL lock_timeout = '30s';
LOCK TABLE public.inbox, public.editions, public.events IN EXCLUSIVE MODE;
"""

_REPLACE_LIVE = """
SELECT pg_notify('figures', id) FROM (
    SELECT edition_id FROM public.events WHERE event_sequence > 0 UNION SELECT id FROM public.editions
    UNION SELECT edition_id FROM pg_temp.events WHERE event_sequence > 0 UNION SELECT id FROM pg_temp.editions
) AS concerned (id);
DELETE FROM public.editions;
INSERT INTO public.editions SELECT * FROM pg_temp.editions;
DELETE FROM public.events;
INSERT INTO public.events SELECT * FROM pg_temp.events;
"""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one topic tells: columns of a table that stand or fall together."""

    name: str
    topic: Topic
    table: str
    key: str
    sequence: str
    columns: tuple[str, ...]


_PARTS = (
    _Part(
        name="editions", topic=EDITIONS, table="editions", key="id", sequence="sequence", columns=("number", "status")
    ),
    _Part(
        name="events",
        topic=EVENTS,
        table="events",
        key="event_id",
        sequence="event_sequence",
        columns=("edition_id", "status", "region", "departement", "type", "themes", "audience", "hours", "occurrence"),
    ),
    _Part(
        name="guest_lists",
        topic=PARTICIPATIONS,
        table="events",
        key="event_id",
        sequence="list_sequence",
        columns=("announced", "actual"),
    ),
)
TOPICS = tuple(part.topic for part in _PARTS)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A live row that was not what the topic says: missing from the live rows, surplus there, or changed."""

    part: str
    key: str
    kind: Literal["missing", "surplus", "changed"]
    live: dict[str, Any] | None
    rebuilt: dict[str, Any] | None


async def create_shadows(connection: Connection) -> None:
    """Empty shadows, in this session alone."""
    await connection.execute(_CREATE_SHADOWS)


async def lock_live(connection: Connection) -> None:
    """Hold the consumers' writes until the end of the transaction, for at most the time that is left to it."""
    await connection.execute(_LOCK_LIVE)


async def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of the shadows by part."""
    return {
        part.name: await connection.fetchval(f"SELECT count(*) FROM pg_temp.{part.table} WHERE {part.sequence} > 0")
        for part in _PARTS
    }


async def differences(connection: Connection) -> tuple[list[Difference], int]:
    """
    How the live rows differ from the shadows, and how many merely lag behind.

    A row lags when the high-water mark says that the service has not handled the message yet; otherwise it is wrong.
    """
    found: list[Difference] = []
    pending = 0
    for part in _PARTS:
        for row in await connection.fetch(_difference_query(part), part.topic.name):
            if row["pending"]:
                pending += 1
                continue
            kind: Literal["missing", "surplus", "changed"] = (
                "missing" if row["live"] is None else "surplus" if row["rebuilt"] is None else "changed"
            )
            found.append(
                Difference(part=part.name, key=row["key"], kind=kind, live=row["live"], rebuilt=row["rebuilt"])
            )
    return found, pending


async def replace_live(connection: Connection) -> None:
    """Put the shadows in the place of the live rows, set the high-water marks to match, notify the viewers."""
    await connection.execute(_REPLACE_LIVE)
    for part in _PARTS:
        await connection.execute("DELETE FROM public.inbox WHERE topic = $1", part.topic.name)
        await connection.execute(
            f"INSERT INTO public.inbox (topic, key, sequence) "
            f"SELECT $1, {part.key}::text, {part.sequence} FROM pg_temp.{part.table} WHERE {part.sequence} > 0",
            part.topic.name,
        )


def _difference_query(part: _Part) -> str:
    columns = (part.sequence, *part.columns)
    return f"""
        WITH live AS (SELECT * FROM public.{part.table} WHERE {part.sequence} > 0),
        rebuilt AS (SELECT * FROM pg_temp.{part.table} WHERE {part.sequence} > 0)
        SELECT coalesce(live.{part.key}, rebuilt.{part.key})::text AS key,
            CASE WHEN live.{part.key} IS NOT NULL THEN {_as_json("live", columns)} END AS live,
            CASE WHEN rebuilt.{part.key} IS NOT NULL THEN {_as_json("rebuilt", columns)} END AS rebuilt,
            coalesce(mark.sequence, 0) < coalesce(rebuilt.{part.sequence}, 0) AS pending
        FROM live FULL JOIN rebuilt ON live.{part.key} = rebuilt.{part.key}
        LEFT JOIN public.inbox AS mark
            ON mark.topic = $1 AND mark.key = coalesce(live.{part.key}, rebuilt.{part.key})::text
        WHERE ({_row("live", columns)}) IS DISTINCT FROM ({_row("rebuilt", columns)})
        ORDER BY key
    """


def _row(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


def _as_json(table: str, columns: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{column}', {table}.{column}" for column in columns)
    return f"jsonb_build_object({pairs})"
