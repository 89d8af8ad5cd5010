"""SQL of acts: what was decided, how far it has come, which events it has not reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg

from shared.contracts.registration import Act, EditionState
from shared.runtime.database import Connection

Phase = Literal["moving", "telling", "settled", "superseded"]

_INSERT = """
INSERT INTO acts (id, edition_id, number, act, before, after, token, decided_by, phase, events, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'moving',
        (SELECT count(*) FROM events WHERE edition_id = $2 AND status <> 'withdrawn'), $9)
"""
_SUPERSEDE = "UPDATE acts SET phase = 'superseded' WHERE edition_id = $1 AND number < $2 AND phase <> 'superseded'"
_STATE_OF_EVENTS = """
SELECT count(*), coalesce(sum(amendments), 0)::bigint, count(*) FILTER (WHERE status = 'withdrawn')
FROM events WHERE edition_id = $1
"""
_UNREACHED = """
SELECT id, organiser_id FROM events WHERE edition_id = $1 AND act_number < $2 AND status <> 'withdrawn'
ORDER BY id LIMIT $3
"""
_AWAITED = """
SELECT id FROM events
WHERE edition_id = $1 AND act_number = $2 AND answer = 'awaited' AND status <> 'withdrawn'
    AND ($3::timestamptz AT TIME ZONE time_zone)::date > $4
ORDER BY id LIMIT $5
"""
_ANSWERS = """
SELECT count(*) FILTER (WHERE status <> 'withdrawn' AND answer = 'awaited') AS awaited,
       count(*) FILTER (WHERE status <> 'withdrawn' AND answer IN ('confirmed', 'changed')) AS confirmed,
       count(*) FILTER (WHERE status = 'withdrawn' AND answer = 'awaited') AS lapsed
FROM events WHERE edition_id = $1 AND act_number = $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAct:
    """A row of `acts`."""

    edition_id: str
    act: Act
    before: EditionState
    after: EditionState
    phase: Phase
    events: int
    reached: int
    recipients: int
    told: int
    reminded: tuple[int, ...]
    decided_by: str
    moved_at: datetime | None
    told_at: datetime | None
    lapsed_at: datetime | None


async def insert(
    connection: Connection, *, before: EditionState, after: EditionState, token: bytes, decided_by: str
) -> None:
    """Keep what was decided: the act is `after`'s."""
    act = after.act
    assert act is not None
    await connection.execute(
        _INSERT,
        act.id,
        before.id,
        act.number,
        act.model_dump(mode="json"),
        before.model_dump(mode="json"),
        after.model_dump(mode="json"),
        token,
        decided_by,
        act.decided_at,
    )


async def supersede(connection: Connection, *, edition_id: str, number: int) -> None:
    """End the acts before this one; whoever works at one of them is waited for."""
    await connection.execute(_SUPERSEDE, edition_id, number)


async def lock(connection: Connection, id_: UUID) -> StoredAct | None:
    """The act, of which one step at a time is taken."""
    row = await connection.fetchrow("SELECT * FROM acts WHERE id = $1 FOR UPDATE", id_)
    return _stored(row) if row else None


async def by_token(connection: Connection, token: bytes) -> StoredAct | None:
    row = await connection.fetchrow("SELECT * FROM acts WHERE token = $1", token)
    return _stored(row) if row else None


async def read(connection: Connection, *, edition_id: str, number: int) -> StoredAct | None:
    row = await connection.fetchrow("SELECT * FROM acts WHERE edition_id = $1 AND number = $2", edition_id, number)
    return _stored(row) if row else None


async def read_all(connection: Connection, edition_id: str) -> list[StoredAct]:
    """All acts on an edition, the first one first."""
    rows = await connection.fetch("SELECT * FROM acts WHERE edition_id = $1 ORDER BY number", edition_id)
    return [_stored(row) for row in rows]


async def unsettled(connection: Connection) -> list[UUID]:
    """Acts of which something is left to do at once."""
    rows = await connection.fetch("SELECT id FROM acts WHERE phase IN ('moving', 'telling') ORDER BY decided_at")
    return [row["id"] for row in rows]


async def settled(connection: Connection) -> list[UUID]:
    """Acts of which answers are awaited, or a notice is left to publish."""
    rows = await connection.fetch(
        """
        SELECT id FROM acts WHERE phase = 'settled' AND (
            (act->>'policy' = 'confirmation' AND lapsed_at IS NULL)
            OR EXISTS (SELECT FROM notices WHERE act_id = acts.id AND sequence IS NULL))
        """
    )
    return [row["id"] for row in rows]


async def state_of_events(connection: Connection, edition_id: str) -> list[int]:
    """What changes with each submission, each amendment that the charter judges, and each withdrawal."""
    row = await connection.fetchrow(_STATE_OF_EVENTS, edition_id)
    assert row is not None
    return list(row)


async def unreached(connection: Connection, *, edition_id: str, number: int, limit: int) -> list[tuple[UUID, UUID]]:
    """(event, organiser) of events that the act has not reached yet."""
    return [tuple(row) for row in await connection.fetch(_UNREACHED, edition_id, number, limit)]


async def add_reached(connection: Connection, id_: UUID, *, events: int) -> None:
    await connection.execute("UPDATE acts SET reached = reached + $2 WHERE id = $1", id_, events)


async def begin_telling(connection: Connection, id_: UUID, *, recipients: int, now: datetime) -> None:
    await connection.execute(
        "UPDATE acts SET phase = 'telling', recipients = $2, moved_at = $3 WHERE id = $1", id_, recipients, now
    )


async def add_told(connection: Connection, id_: UUID, *, people: int) -> None:
    await connection.execute("UPDATE acts SET told = told + $2 WHERE id = $1", id_, people)


async def settle(connection: Connection, id_: UUID, *, now: datetime) -> None:
    await connection.execute("UPDATE acts SET phase = 'settled', told_at = $2 WHERE id = $1", id_, now)


async def add_reminded(connection: Connection, id_: UUID, *, days: Sequence[int]) -> None:
    await connection.execute("UPDATE acts SET reminded = reminded || $2::integer[] WHERE id = $1", id_, days)


async def mark_lapsed(connection: Connection, id_: UUID, *, now: datetime) -> None:
    await connection.execute("UPDATE acts SET lapsed_at = $2 WHERE id = $1", id_, now)


async def overdue(
    connection: Connection, *, edition_id: str, number: int, respond_by: date, now: datetime, limit: int
) -> list[UUID]:
    """Events whose organiser has not answered, at whose place the last day for it is over."""
    return [row["id"] for row in await connection.fetch(_AWAITED, edition_id, number, now, respond_by, limit)]


async def answers(connection: Connection, *, edition_id: str, number: int) -> asyncpg.Record:
    """How many events wait for an answer, have a positive one, or have lapsed."""
    row = await connection.fetchrow(_ANSWERS, edition_id, number)
    assert row is not None
    return row


def _stored(row: asyncpg.Record) -> StoredAct:
    return StoredAct(
        edition_id=row["edition_id"],
        act=Act.model_validate(row["act"], strict=False),
        before=EditionState.model_validate(row["before"], strict=False),
        after=EditionState.model_validate(row["after"], strict=False),
        phase=row["phase"],
        events=row["events"],
        reached=row["reached"],
        recipients=row["recipients"],
        told=row["told"],
        reminded=tuple(row["reminded"]),
        decided_by=row["decided_by"],
        moved_at=row["moved_at"],
        told_at=row["told_at"],
        lapsed_at=row["lapsed_at"],
    )
