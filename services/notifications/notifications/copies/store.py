"""Local copies in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications.guests.domain import times_of
from shared.contracts.registration import ContactState, EditionState, EventMessage
from shared.runtime.database import Connection

_EDITION = """
INSERT INTO editions (id, name, submission_deadline, dates, act_number, act) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, submission_deadline = excluded.submission_deadline, dates = excluded.dates,
    act_number = excluded.act_number, act = excluded.act
"""

_EVENT = """
INSERT INTO events (id, edition_id, revision, title, reference, organiser, type, time_zone, slots, place, changed_at,
                    status, occurrence, previous_slots, act_number, calendar_sequence, begins_at, remind_at,
                    moves, told_by_act)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (id) DO UPDATE
SET edition_id = excluded.edition_id, revision = excluded.revision, title = excluded.title,
    reference = excluded.reference, organiser = excluded.organiser, type = excluded.type,
    time_zone = excluded.time_zone, slots = excluded.slots, place = excluded.place, changed_at = excluded.changed_at,
    status = excluded.status, occurrence = excluded.occurrence, previous_slots = excluded.previous_slots,
    act_number = excluded.act_number, calendar_sequence = excluded.calendar_sequence,
    begins_at = excluded.begins_at, remind_at = excluded.remind_at, moves = excluded.moves,
    told_by_act = excluded.told_by_act
"""

_CONTACT = """
INSERT INTO contacts (id, email, name, language) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE
SET email = excluded.email, name = excluded.name, language = excluded.language,
    hard_bounces = CASE WHEN contacts.email = excluded.email THEN contacts.hard_bounces ELSE 0 END,
    unreachable_since = CASE WHEN contacts.email = excluded.email THEN contacts.unreachable_since END
"""

_ERASE = """
INSERT INTO contacts (id) SELECT id FROM unnest($1::uuid[]) AS gone (id) ORDER BY id
ON CONFLICT (id) DO UPDATE
SET email = NULL, name = '', language = 'fr', hard_bounces = 0, unreachable_since = NULL
"""
_FORGET_CHOICES = "DELETE FROM silenced WHERE contact_id = ANY($1::uuid[])"

# Rows that someone is at are left out: they look for themselves what is there.
_WAKE = """
UPDATE deliveries SET due_at = $3
WHERE id IN (
    SELECT id FROM deliveries
    WHERE (recipient_id = ANY($1::uuid[]) OR event_id = ANY($2::uuid[]))
      AND channel = 'email' AND finished_at IS NULL AND due_at > $3
    FOR UPDATE SKIP LOCKED
)
"""
# Apart, because no index leads from an edition to its mails: it changes rarely.
_WAKE_OF_ACTS = """
UPDATE deliveries SET due_at = $2
WHERE id IN (
    SELECT id FROM deliveries
    WHERE edition_id = ANY($1::text[]) AND channel = 'email' AND status = 'pending' AND due_at > $2
    FOR UPDATE SKIP LOCKED
)
"""


async def keep_editions(connection: Connection, editions: Sequence[EditionState]) -> None:
    await connection.executemany(
        _EDITION,
        [
            (
                edition.id,
                edition.name.model_dump(),
                edition.submission_deadline,
                edition.dates.model_dump(mode="json"),
                edition.act.number if edition.act else 0,
                edition.act.model_dump(mode="json") if edition.act else None,
            )
            for edition in editions
        ],
    )


async def events_of(connection: Connection, edition_ids: Sequence[str]) -> list[UUID]:
    """The ids of the events of these editions."""
    rows = await connection.fetch("SELECT id FROM events WHERE edition_id = ANY($1::text[])", edition_ids)
    return [row["id"] for row in rows]


async def keep_events(connection: Connection, events: Sequence[EventMessage]) -> None:
    await connection.executemany(
        _EVENT,
        [
            (
                event.id,
                event.edition_id,
                event.revision,
                event.title,
                event.reference,
                event.organiser.name,
                event.type,
                event.time_zone,
                [slot.model_dump(mode="json") for slot in event.slots],
                event.place.model_dump(mode="json"),
                event.changed_at,
                event.status,
                event.occurrence,
                [slot.model_dump(mode="json") for slot in event.previous_slots],
                event.act_number,
                event.calendar_sequence,
                times.begins_at,
                times.remind_at,
                event.moves,
                message.told_by_act,
            )
            for message in events
            for event in (message.event,)
            for times in (times_of(event.slots, time_zone=event.time_zone),)
        ],
    )


async def keep_contacts(connection: Connection, contacts: Sequence[ContactState]) -> None:
    await connection.executemany(
        _CONTACT, [(contact.id, contact.email, contact.name, contact.language) for contact in contacts]
    )


async def erase_contacts(connection: Connection, ids: Sequence[UUID]) -> None:
    await connection.execute(_ERASE, ids)
    await connection.execute(_FORGET_CHOICES, ids)


async def wake_mails(
    connection: Connection,
    *,
    recipients: Sequence[UUID] = (),
    events: Sequence[UUID] = (),
    now: datetime,
) -> None:
    """Make mails due that may have waited for these contacts or events."""
    await connection.execute(_WAKE, recipients, events, now)


async def wake_mails_of_acts(connection: Connection, *, editions: Sequence[str], now: datetime) -> None:
    """Make mails due that may have waited for an act on these editions."""
    await connection.execute(_WAKE_OF_ACTS, editions, now)
