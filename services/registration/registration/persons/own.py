"""A person's own way to their data: a mailed code, used once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from registration.guest_lists import persons
from registration.guest_lists.persons import address_of
from registration.organisers import store as organisers
from registration.persons import operations, store
from shared.contracts.registration import Access, ContactMessage, ContactState
from shared.contracts.topics import CONTACTS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem

CODE_LIFETIME = timedelta(hours=1)


async def ask(connection: Connection, *, email: str, now: datetime) -> None:
    """Mail a single-use code to this address, if anything is kept under it. Says nothing of whether there is."""
    found = await _contact(connection, email)
    if found is None:
        return
    contact, sequence = found
    code = secrets.token_urlsafe(24)
    expires_at = now + CODE_LIFETIME
    await store.save_code(connection, digest=_digest(code), contact_id=contact.id, expires_at=expires_at, now=now)
    body = ContactMessage(
        change="access_requested",
        contact=contact,
        access=Access(code=code, expires_at=expires_at, purpose="own_data"),
    )
    message = outbox.message(topic=CONTACTS, key=str(contact.id), sequence=sequence, body=body, time=now)
    await outbox.publish(connection, [message])


async def export(connection: Connection, *, code: str, now: datetime) -> dict[str, object]:
    """All that is kept under the address that the code was mailed to; the code is spent."""
    return await operations.export(connection, await _spend(connection, code, now=now))


async def erase(connection: Connection, *, code: str, now: datetime) -> tuple[int, int]:
    """Erase it; the code is spent."""
    return await operations.erase(connection, await _spend(connection, code, now=now), now=now)


async def _contact(connection: Connection, email: str) -> tuple[ContactState, int] | None:
    """Whom to write to, once whatever roles the address has, and the sequence of the message about it."""
    person = await store.person(connection, address_of(email))
    if person is not None and (row := await store.raise_contact(connection, person["id"])):
        return persons.contact_of(row), row["contact_sequence"]
    for organiser in await store.organisers(connection, email):
        row = await organisers.raise_contact(connection, organiser["id"])
        return organisers.contact_of(row), row["contact_sequence"]
    return None


async def _spend(connection: Connection, code: str, *, now: datetime) -> str:
    email = await store.spend_code(connection, digest=_digest(code), now=now)
    if email is None:
        raise Problem(
            403, "The code is not valid", "It was used already, or is older than an hour: ask for a new one by e-mail."
        )
    return email


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
