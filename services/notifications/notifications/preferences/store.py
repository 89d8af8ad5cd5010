"""Preferences, and the key of the links, in the database."""

import secrets
from datetime import datetime
from uuid import UUID

from notifications.preferences.domain import Choices, OptionalKind
from shared.runtime.database import Connection

_KEY_BYTES = 32
_MAKE_KEY = "INSERT INTO link_keys (key) VALUES ($1) ON CONFLICT DO NOTHING"
_CHOICES = """
SELECT contact.id AS contact_id,
       ARRAY(SELECT kind FROM silenced WHERE contact_id = contact.id) AS silenced,
       (SELECT CASE WHEN partner_id IS NULL THEN 'digest' ELSE 'partner_digest' END
        FROM digests WHERE contact_id = contact.id) AS digest
FROM contacts AS contact WHERE contact.id = $1 AND contact.email IS NOT NULL
"""
_SILENCE = "INSERT INTO silenced (contact_id, kind, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_HEAR = "DELETE FROM silenced WHERE contact_id = $1 AND kind = $2"


async def link_key(connection: Connection) -> bytes:
    """The key that signs links, the same for every process."""
    key: bytes | None = await connection.fetchval("SELECT key FROM link_keys")
    if key is None:
        await connection.execute(_MAKE_KEY, secrets.token_bytes(_KEY_BYTES))
        key = await connection.fetchval("SELECT key FROM link_keys")
        assert key is not None
    return key


async def choices(connection: Connection, *, contact_id: UUID) -> Choices | None:
    """A person's choices; None for who is unknown or erased."""
    row = await connection.fetchrow(_CHOICES, contact_id)
    if row is None:
        return None
    return Choices(contact_id=row["contact_id"], silenced=frozenset(row["silenced"]), digest=row["digest"])


async def silence(connection: Connection, *, contact_id: UUID, kind: OptionalKind, now: datetime) -> None:
    await connection.execute(_SILENCE, contact_id, kind, now)


async def hear(connection: Connection, *, contact_id: UUID, kind: OptionalKind) -> None:
    await connection.execute(_HEAR, contact_id, kind)
