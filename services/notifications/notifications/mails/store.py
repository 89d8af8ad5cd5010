"""Mails in the database: claims of what is due, with the copies that it takes to write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from notifications.deliveries.domain import Claimed
from notifications.mails.domain import Contact, Edition, Event, Mail, content_of
from shared.contracts.base import Bilingual
from shared.contracts.registration import Place, Slot
from shared.runtime.database import Connection

# One statement, so that it commits by itself and no transaction is open while mails are sent.
_CLAIM = """
WITH due AS (
    SELECT id FROM deliveries
    WHERE status = 'pending' AND channel = 'email' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE deliveries AS delivery SET leased_until = $2 FROM due WHERE delivery.id = due.id
    RETURNING delivery.*
)
SELECT claimed.id, claimed.kind, claimed.content, claimed.attempts, claimed.queued_at, claimed.recipient_id,
       claimed.event_id, claimed.revision AS wanted_revision,
       contact.id AS contact_id, contact.email, contact.name AS contact_name, contact.language,
       event.revision, event.title, event.reference, event.organiser, event.time_zone, event.slots, event.place,
       event.changed_at, edition.id AS edition_id, edition.name AS edition_name, edition.submission_deadline
FROM claimed
LEFT JOIN contacts AS contact ON contact.id = claimed.recipient_id
LEFT JOIN events AS event ON event.id = claimed.event_id
LEFT JOIN editions AS edition ON edition.id = event.edition_id
ORDER BY claimed.due_at
"""

_RELEASE = "UPDATE deliveries SET leased_until = NULL WHERE id = ANY($1) AND finished_at IS NULL"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedMail:
    """A mail that this process may send until `leased_until`; `mail` is None while it lacks something."""

    claimed: Claimed
    mail: Mail | None
    leased_until: datetime


async def claim(connection: Connection, *, now: datetime, leased_until: datetime, limit: int) -> list[ClaimedMail]:
    """Take up to `limit` due mails that nobody is at."""
    rows = await connection.fetch(_CLAIM, now, leased_until, limit)
    return [
        ClaimedMail(
            claimed=Claimed(id=row["id"], attempts=row["attempts"], queued_at=row["queued_at"]),
            mail=_mail(row),
            leased_until=leased_until,
        )
        for row in rows
    ]


async def release(connection: Connection, ids: Sequence[UUID]) -> None:
    """Give claimed mails back untried."""
    await connection.execute(_RELEASE, ids)


def _mail(row: asyncpg.Record) -> Mail | None:
    if row["contact_id"] is None:
        return None
    event = None
    edition = None
    if row["event_id"] is not None and row["email"] is not None:
        if row["edition_id"] is None or row["revision"] < (row["wanted_revision"] or 0):
            return None
        event, edition = event_of(row), edition_of(row)
    contact = Contact(id=row["contact_id"], email=row["email"], name=row["contact_name"], language=row["language"])
    content = content_of(kind=row["kind"], value=row["content"])
    return Mail(id=row["id"], kind=row["kind"], content=content, contact=contact, event=event, edition=edition)


def event_of(row: asyncpg.Record) -> Event:
    """From `event_id` and the columns of an event's copy."""
    return Event(
        id=row["event_id"],
        revision=row["revision"],
        title=row["title"],
        reference=row["reference"],
        organiser=row["organiser"],
        time_zone=row["time_zone"],
        slots=tuple(
            Slot(begin=datetime.fromisoformat(slot["begin"]), end=datetime.fromisoformat(slot["end"]))
            for slot in row["slots"]
        ),
        place=Place.model_validate(row["place"]),
        changed_at=row["changed_at"],
    )


def edition_of(row: asyncpg.Record) -> Edition:
    """From `edition_id`, `edition_name` and `submission_deadline`."""
    return Edition(
        id=row["edition_id"],
        name=Bilingual.model_validate(row["edition_name"]),
        submission_deadline=row["submission_deadline"],
    )
