"""SQL of editions."""

from datetime import datetime

import asyncpg

from shared.contracts.base import Bilingual
from shared.contracts.registration import Act, EditionState, RegionalWindow, Window
from shared.runtime.database import Connection

_SAVE = """
INSERT INTO editions (id, number, name, first_day, last_day, label_first_day, label_last_day, submission_deadline,
                      regional_windows, status, act, sequence, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)
ON CONFLICT (id) DO UPDATE SET (number, name, first_day, last_day, label_first_day, label_last_day, submission_deadline,
                                regional_windows, status, act, sequence, changed_at)
    = (excluded.number, excluded.name, excluded.first_day, excluded.last_day, excluded.label_first_day,
       excluded.label_last_day, excluded.submission_deadline, excluded.regional_windows, excluded.status, excluded.act,
       editions.sequence + 1, excluded.changed_at)
RETURNING sequence
"""


async def save(connection: Connection, *, edition: EditionState, now: datetime) -> int:
    """Create or change the edition; answers its sequence."""
    sequence: int = await connection.fetchval(
        _SAVE,
        edition.id,
        edition.number,
        edition.name.model_dump(),
        edition.dates.first_day,
        edition.dates.last_day,
        edition.label_window.first_day,
        edition.label_window.last_day,
        edition.submission_deadline,
        [window.model_dump(mode="json") for window in edition.regional_windows],
        edition.status,
        edition.act and edition.act.model_dump(mode="json"),
        now,
    )
    return sequence


async def lock(connection: Connection, id_: str) -> EditionState | None:
    """The edition, held until the transaction ends; its id is held too while there is none."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('edition ' || $1, 0))", id_)
    row = await connection.fetchrow("SELECT * FROM editions WHERE id = $1 FOR UPDATE", id_)
    return _state(row) if row else None


async def hold(connection: Connection, id_: str) -> EditionState | None:
    """The edition, which nobody changes until the transaction ends; others may hold it as well."""
    row = await connection.fetchrow("SELECT * FROM editions WHERE id = $1 FOR KEY SHARE", id_)
    return _state(row) if row else None


async def sequence_of(connection: Connection, id_: str) -> int:
    """How often the edition has changed."""
    found: int = await connection.fetchval("SELECT sequence FROM editions WHERE id = $1", id_)
    return found


async def read(connection: Connection, id_: str) -> EditionState | None:
    row = await connection.fetchrow("SELECT * FROM editions WHERE id = $1", id_)
    return _state(row) if row else None


async def read_all(connection: Connection) -> list[EditionState]:
    return [_state(row) for row in await connection.fetch("SELECT * FROM editions ORDER BY number DESC")]


def _state(row: asyncpg.Record) -> EditionState:
    return EditionState(
        id=row["id"],
        number=row["number"],
        name=Bilingual(**row["name"]),
        dates=Window(first_day=row["first_day"], last_day=row["last_day"]),
        label_window=Window(first_day=row["label_first_day"], last_day=row["label_last_day"]),
        submission_deadline=row["submission_deadline"],
        regional_windows=tuple(
            RegionalWindow.model_validate(window, strict=False) for window in row["regional_windows"]
        ),
        status=row["status"],
        act=None if row["act"] is None else Act.model_validate(row["act"], strict=False),
    )
