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
       event.changed_at, edition.id AS edition_id, edition.name AS edition_name, edition.submission_deadline,
       contact.unreachable_since IS NOT NULL AND claimed.kind <> 'access' AS unreachable,
       EXISTS (
           SELECT FROM silenced WHERE silenced.contact_id = claimed.recipient_id AND silenced.kind = claimed.kind
       ) AS unwanted
FROM claimed
LEFT JOIN contacts AS contact ON contact.id = claimed.recipient_id
LEFT JOIN events AS event ON event.id = claimed.event_id
LEFT JOIN editions AS edition ON edition.id = event.edition_id
ORDER BY claimed.due_at
"""

# In the order of their ids, as copies are kept: so none of both waits for the other.
_COUNT_BOUNCES = """
UPDATE contacts
SET hard_bounces = hard_bounces + bounced.times,
    unreachable_since = CASE WHEN hard_bounces + bounced.times >= $2 THEN coalesce(unreachable_since, $3) END
FROM (
    SELECT contact.id, (SELECT count(*) FROM unnest($1::uuid[]) AS one (id) WHERE one.id = contact.id) AS times
    FROM contacts AS contact WHERE contact.id = ANY($1) ORDER BY contact.id FOR UPDATE
) AS bounced
WHERE contacts.id = bounced.id
"""
_FORGET_BOUNCES = """
UPDATE contacts SET hard_bounces = 0, unreachable_since = NULL
WHERE id IN (SELECT id FROM contacts WHERE id = ANY($1) AND hard_bounces > 0 ORDER BY id FOR UPDATE)
"""

_RELEASE = "UPDATE deliveries SET leased_until = NULL WHERE id = ANY($1) AND finished_at IS NULL"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedMail:
    """A mail that this process may send until `leased_until`; `mail` is None while it lacks something."""

    claimed: Claimed
    mail: Mail | None
    leased_until: datetime
    unwanted: bool
    """The recipient has switched off mails of this kind."""
    unreachable: bool
    """The recipient's address has refused too many mails. Who asks for an access code is tried all the same."""


async def claim(connection: Connection, *, now: datetime, leased_until: datetime, limit: int) -> list[ClaimedMail]:
    """Take up to `limit` due mails that nobody is at."""
    rows = await connection.fetch(_CLAIM, now, leased_until, limit)
    return [
        ClaimedMail(
            claimed=Claimed(id=row["id"], attempts=row["attempts"], queued_at=row["queued_at"]),
            mail=_mail(row),
            leased_until=leased_until,
            unwanted=row["unwanted"],
            unreachable=bool(row["unreachable"]),
        )
        for row in rows
    ]


async def release(connection: Connection, ids: Sequence[UUID]) -> None:
    """Give claimed mails back untried."""
    await connection.execute(_RELEASE, ids)


async def count_bounces(connection: Connection, *, contact_ids: Sequence[UUID], limit: int, now: datetime) -> None:
    """Count a refusal of these contacts' addresses; from `limit` in a row on they are unreachable."""
    await connection.execute(_COUNT_BOUNCES, contact_ids, limit, now)


async def forget_bounces(connection: Connection, *, contact_ids: Sequence[UUID]) -> None:
    """These contacts' addresses have taken a mail."""
    await connection.execute(_FORGET_BOUNCES, contact_ids)


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
