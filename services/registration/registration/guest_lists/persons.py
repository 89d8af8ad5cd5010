"""People who sign up with an address: one person per address, told by `registration.contacts.v1`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg

from shared.contracts.base import Language
from shared.contracts.registration import ContactMessage, ContactState
from shared.contracts.topics import CONTACTS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.identifiers import new_id

_INSERT = """
INSERT INTO persons (id, address, email, name, language, contact_sequence, created_at)
SELECT id, address, email, name, language, 1, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, address, email, name, language)
ORDER BY address
ON CONFLICT (address) DO NOTHING RETURNING *
"""
_FIND = "SELECT id, address FROM persons WHERE address = ANY($1)"


class HasAddress(Protocol):
    """Anything that names a person by an address."""

    @property
    def email(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> Language: ...


def address_of(email: str) -> str:
    """What spellings of one e-mail address have in common. PostgreSQL's lower() would depend on its locale."""
    return email.casefold()


async def add(connection: Connection, person: HasAddress, *, now: datetime) -> UUID:
    """The id of somebody whom nobody seemed to know, and who is published if that is still so."""
    assert person.email is not None
    address = address_of(person.email)
    return (await _add_many(connection, {address: person}, now=now))[address]


async def find_or_add_many(connection: Connection, people: Sequence[HasAddress], *, now: datetime) -> dict[str, UUID]:
    """Ids by `address_of`; those not known are added and published."""
    unique = {address_of(person.email): person for person in people if person.email}
    known = await _find(connection, list(unique))
    new = {address: person for address, person in unique.items() if address not in known}
    return known | await _add_many(connection, new, now=now) if new else known


async def _add_many(connection: Connection, new: Mapping[str, HasAddress], *, now: datetime) -> dict[str, UUID]:
    rows = await connection.fetch(
        _INSERT,
        [new_id() for _ in new],
        list(new),
        [person.email for person in new.values()],
        [person.name for person in new.values()],
        [person.language for person in new.values()],
        now,
    )
    await outbox.publish(connection, [_message(row, now=now) for row in rows])
    added = {row["address"]: row["id"] for row in rows}
    # Whoever is missing was added by somebody else meanwhile.
    return added | await _find(connection, missing) if (missing := list(new.keys() - added.keys())) else added


async def address(connection: Connection, id_: UUID) -> str:
    """`address_of` a person who is known."""
    found: str = await connection.fetchval("SELECT address FROM persons WHERE id = $1", id_)
    return found


async def _find(connection: Connection, addresses: Sequence[str]) -> dict[str, UUID]:
    return {row["address"]: row["id"] for row in await connection.fetch(_FIND, addresses)}


def contact_of(row: asyncpg.Record) -> ContactState:
    return ContactState(id=row["id"], kind="person", email=row["email"], name=row["name"], language=row["language"])


def _message(row: asyncpg.Record, *, now: datetime) -> outbox.Message:
    body = ContactMessage(change="created", contact=contact_of(row))
    return outbox.message(topic=CONTACTS, key=str(row["id"]), sequence=1, body=body, time=now)
