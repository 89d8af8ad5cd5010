"""Use cases of organisers."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from joserfc.jwk import OKPKey

from registration.organisers import store
from registration.organisers.domain import OrganiserContent
from shared.contracts.registration import Access, ContactMessage
from shared.contracts.topics import CONTACTS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem
from shared.runtime.tokens import Caller, sign

CODE_LIFETIME = timedelta(hours=1)
TOKEN_LIFETIME = timedelta(days=30)


async def register(connection: Connection, organiser: OrganiserContent, *, now: datetime) -> asyncpg.Record:
    """A new organiser; 409 when the same one is known already."""
    rows = await _add(connection, [organiser], now=now)
    if not rows:
        raise Problem(
            409,
            "Already registered",
            "This organiser is registered: ask for access by e-mail instead.",
            errors=[FieldError(organiser.recognised_by, "An organiser with this exists", "POST /v1/organisers/access")],
        )
    return rows[0]


async def find_or_add(
    connection: Connection, organisers: Sequence[OrganiserContent], *, now: datetime
) -> dict[str, asyncpg.Record]:
    """Organisers of an import by identity; those not known are registered."""
    wanted = {each.identity: each for each in organisers}
    known = await store.by_identity(connection, list(wanted))
    missing = [each for identity, each in wanted.items() if identity not in known]
    if missing:
        await _add(connection, missing, now=now)
        known = await store.by_identity(connection, list(wanted))
    return known


async def _add(
    connection: Connection, organisers: Sequence[OrganiserContent], *, now: datetime
) -> list[asyncpg.Record]:
    rows = await store.insert(connection, organisers, now=now)
    messages = [
        outbox.message(
            topic=CONTACTS,
            key=str(row["id"]),
            sequence=1,
            body=ContactMessage(change="created", contact=store.contact_of(row)),
            time=now,
        )
        for row in rows
    ]
    await outbox.publish(connection, messages)
    return rows


async def register_by_mail(connection: Connection, organiser: OrganiserContent, *, now: datetime) -> None:
    """
    Register, and mail a single-use code. Says nothing of whether the organiser was known.

    One that was keeps what it has given; its code goes to its own address.
    """
    found = await find_or_add(connection, [organiser], now=now)
    await _mail_code(connection, found[organiser.identity]["id"], now=now)


async def ask_for_access(connection: Connection, *, email: str, now: datetime) -> None:
    """Mail a single-use code to each organiser of this address. Says nothing of whether there is one."""
    for organiser in await store.by_email(connection, email):
        await _mail_code(connection, organiser["id"], now=now)


async def _mail_code(connection: Connection, organiser_id: UUID, *, now: datetime) -> None:
    code = secrets.token_urlsafe(24)
    expires_at = now + CODE_LIFETIME
    await store.save_code(connection, digest=_digest(code), organiser_id=organiser_id, expires_at=expires_at)
    row = await store.raise_contact(connection, organiser_id)
    body = ContactMessage(
        change="access_requested", contact=store.contact_of(row), access=Access(code=code, expires_at=expires_at)
    )
    await outbox.publish(
        connection,
        [outbox.message(topic=CONTACTS, key=str(row["id"]), sequence=row["contact_sequence"], body=body, time=now)],
    )


async def exchange_code(connection: Connection, *, code: str, key: OKPKey, now: datetime) -> tuple[str, UUID]:
    """A token for a code, once."""
    organiser_id = await store.spend_code(connection, digest=_digest(code), now=now)
    if organiser_id is None:
        raise Problem(
            403, "The code is not valid", "It was used already, or is older than an hour: ask for a new one by e-mail."
        )
    token = sign(key=key, caller=Caller("organiser", str(organiser_id)), now=now, lifetime=TOKEN_LIFETIME)
    return token, organiser_id


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
