"""SQL of organisers and of their access codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from registration.organisers.domain import OrganiserContent
from shared.contracts.registration import ContactState, OrganiserIdentity
from shared.runtime.database import Connection
from shared.runtime.identifiers import new_id

_INSERT = """
INSERT INTO organisers (id, identity, kind, name, siret, uai, rna, email, contact_name, phone, language,
                        contact_sequence, created_at)
SELECT id, identity, kind, name, siret, uai, rna, email, contact_name, phone, language, 1, $12
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[])
    AS new (id, identity, kind, name, siret, uai, rna, email, contact_name, phone, language)
ORDER BY identity
ON CONFLICT (identity) DO NOTHING RETURNING *
"""
_SPEND = """
UPDATE access_codes SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 RETURNING organiser_id
"""
_RAISE = "UPDATE organisers SET contact_sequence = contact_sequence + 1 WHERE id = $1 RETURNING *"


async def insert(
    connection: Connection, organisers: Sequence[OrganiserContent], *, now: datetime
) -> list[asyncpg.Record]:
    """Insert those whose identity is new; answers their rows."""
    unique = {each.identity: each for each in organisers}
    columns = [
        [new_id() for _ in unique],
        list(unique),
        *(
            [getattr(each, name) for each in unique.values()]
            for name in ("kind", "name", "siret", "uai", "rna", "email", "contact_name", "phone", "language")
        ),
    ]
    return await connection.fetch(_INSERT, *columns, now)


async def by_identity(connection: Connection, identities: Sequence[str]) -> dict[str, asyncpg.Record]:
    rows = await connection.fetch("SELECT * FROM organisers WHERE identity = ANY($1)", identities)
    return {row["identity"]: row for row in rows}


async def read(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM organisers WHERE id = $1", id_)


async def lock(connection: Connection, id_: UUID) -> asyncpg.Record | None:
    """As `read`; nobody else writes this organiser's events until the transaction ends."""
    return await connection.fetchrow("SELECT * FROM organisers WHERE id = $1 FOR NO KEY UPDATE", id_)


async def by_email(connection: Connection, email: str) -> list[asyncpg.Record]:
    return await connection.fetch("SELECT * FROM organisers WHERE lower(email) = lower($1) ORDER BY id", email)


async def raise_contact(connection: Connection, id_: UUID) -> asyncpg.Record:
    """Raise the contact's sequence; answers the organiser."""
    row = await connection.fetchrow(_RAISE, id_)
    assert row is not None
    return row


async def save_code(connection: Connection, *, digest: bytes, organiser_id: UUID, expires_at: datetime) -> None:
    await connection.execute(
        "INSERT INTO access_codes (digest, organiser_id, expires_at) VALUES ($1, $2, $3)",
        digest,
        organiser_id,
        expires_at,
    )


async def spend_code(connection: Connection, *, digest: bytes, now: datetime) -> UUID | None:
    """The organiser whose code this is, once and before it expires."""
    id_: UUID | None = await connection.fetchval(_SPEND, digest, now)
    return id_


def contact_of(row: asyncpg.Record) -> ContactState:
    return ContactState(
        id=row["id"],
        kind="organiser",
        email=row["email"],
        name=row["contact_name"] or row["name"],
        phone=row["phone"],
        language=row["language"],
    )


def identity_of(row: asyncpg.Record) -> OrganiserIdentity:
    return OrganiserIdentity(
        id=row["id"], kind=row["kind"], name=row["name"], siret=row["siret"], uai=row["uai"], rna=row["rna"]
    )
