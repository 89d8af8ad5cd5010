"""Partners in the database."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from notifications.partners.domain import Condition, Partner
from shared.runtime.database import Connection

_COLUMNS = """
id, name, url, types, event_types, territories, batch, disabled_at, disabled_because, created_at, changed_at
"""
_CREATE = f"""
INSERT INTO partners (id, name, url, types, event_types, territories, batch, secret, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING {_COLUMNS}
"""
_CHANGE = f"""
UPDATE partners
SET name = $2, url = $3, types = $4, event_types = $5, territories = $6, batch = $7, disabled_at = $8,
    disabled_because = $9, changed_at = $10, failures = 0, paused_until = NULL
WHERE id = $1 RETURNING {_COLUMNS}
"""
_ROTATE = """
UPDATE partners SET previous_secret = secret, previous_secret_until = $3, secret = $2, changed_at = $4 WHERE id = $1
"""
_PAGE = f"SELECT {_COLUMNS} FROM partners WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2"

_CONDITIONS = """
SELECT id, failures, CASE WHEN paused_until > $2 THEN paused_until END AS paused_until,
       CASE WHEN previous_secret_until > $2 THEN previous_secret_until END AS previous_secret_until
FROM partners WHERE id = ANY($1)
"""


async def create(connection: Connection, *, partner: Partner, secret: str) -> Partner:
    row = await connection.fetchrow(
        _CREATE,
        partner.id,
        partner.name,
        partner.url,
        partner.types,
        partner.event_types,
        partner.territories,
        partner.batch,
        secret,
        partner.created_at,
    )
    return _partner(row)


async def change(connection: Connection, *, partner: Partner) -> Partner:
    """Write what a partner wants now; what was held against its endpoint is forgotten."""
    row = await connection.fetchrow(
        _CHANGE,
        partner.id,
        partner.name,
        partner.url,
        partner.types,
        partner.event_types,
        partner.territories,
        partner.batch,
        partner.disabled_at,
        partner.disabled_because,
        partner.changed_at,
    )
    return _partner(row)


async def rotate(connection: Connection, *, id_: UUID, secret: str, overlap_until: datetime, now: datetime) -> bool:
    """Replace the secret; answers whether there is such a partner."""
    return await connection.execute(_ROTATE, id_, secret, overlap_until, now) == "UPDATE 1"


async def delete(connection: Connection, *, id_: UUID) -> bool:
    return await connection.execute("DELETE FROM partners WHERE id = $1", id_) == "DELETE 1"


async def find(connection: Connection, *, id_: UUID, lock: bool = False) -> Partner | None:
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM partners WHERE id = $1" + (" FOR UPDATE" if lock else ""), id_
    )
    return _partner(row) if row else None


async def page(connection: Connection, *, after: UUID | None, limit: int) -> list[Partner]:
    return [_partner(row) for row in await connection.fetch(_PAGE, after, limit)]


async def conditions(connection: Connection, ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Condition]:
    """By partner: how its endpoint does now."""
    rows = [dict(row) for row in await connection.fetch(_CONDITIONS, list(ids), now)]
    return {row.pop("id"): Condition(**row) for row in rows}


async def all_enabled(connection: Connection) -> list[Partner]:
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM partners WHERE disabled_at IS NULL ORDER BY id")
    return [_partner(row) for row in rows]


def _partner(row: asyncpg.Record | None) -> Partner:
    assert row is not None
    choices = {name: tuple(row[name]) for name in ("types", "event_types", "territories")}
    return Partner(**{**dict(row), **choices})
