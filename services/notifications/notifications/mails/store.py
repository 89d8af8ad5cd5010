"""Mails in the database: claims of what is due, with the copies that it takes to write them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import asyncpg

from notifications.deliveries.domain import Claimed
from notifications.mails.domain import ActContent, Contact, Edition, Event, Mail, MailContent, content_of
from shared.contracts.base import Bilingual, Contract
from shared.contracts.registration import Act, Place, Slot, Window
from shared.runtime.database import Connection

Model = TypeVar("Model", bound=Contract)

EVENT_COLUMNS = """
event.id AS event_id, event.revision, event.title, event.reference, event.organiser, event.time_zone, event.slots,
event.place, event.changed_at, event.status AS event_status, event.occurrence, event.previous_slots,
event.act_number AS event_act_number, event.calendar_sequence
"""
EDITION_COLUMNS = """
edition.id AS edition_id, edition.name AS edition_name, edition.submission_deadline, edition.dates AS edition_dates,
edition.act, edition.act_number AS edition_act_number
"""

# One statement, so that it commits by itself and no transaction is open while mails are sent.
#
# Of two acts nobody hears of the later one first: a notice waits while an earlier one to the same person is under way.
# The lock on the edition makes that exact. Its copy moves on to an act only when no claim is open, so who sees the new
# act (`edition`, as of the statement's beginning) also sees all that was claimed before it; and who claims meanwhile
# learns (`held`, as of now) that its notice has been superseded. That an event is withdrawn no later act takes back.
_CLAIM = f"""
WITH due AS (
    SELECT id, edition_id, act_number FROM deliveries AS delivery
    WHERE status = 'pending' AND channel = 'email' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
      AND (act_number IS NULL OR NOT EXISTS (
          SELECT FROM deliveries AS earlier
          WHERE earlier.recipient_id = delivery.recipient_id AND earlier.edition_id = delivery.edition_id
            AND earlier.act_number < delivery.act_number AND earlier.leased_until > $1
      ))
    ORDER BY due_at LIMIT $3 FOR UPDATE OF delivery SKIP LOCKED
), held AS (
    SELECT id, act_number FROM editions
    WHERE id IN (SELECT edition_id FROM due WHERE act_number IS NOT NULL) ORDER BY id FOR SHARE
), claimed AS (
    UPDATE deliveries AS delivery SET leased_until = $2 FROM due WHERE delivery.id = due.id
    RETURNING delivery.*
)
SELECT claimed.id, claimed.kind, claimed.content, claimed.attempts, claimed.queued_at, claimed.recipient_id,
       claimed.event_id AS about_event_id, claimed.revision AS wanted_revision, claimed.act_number AS wanted_act_number,
       contact.id AS contact_id, contact.email, contact.name AS contact_name, contact.language,
       {EVENT_COLUMNS}, {EDITION_COLUMNS},
       claimed.kind <> 'lapsed' AND coalesce(held.act_number > claimed.act_number, false) AS superseded,
       claimed.kind IN ('reminder', 'moved') AND sign_up.active IS NOT TRUE AS cancelled,
       contact.unreachable_since IS NOT NULL AND claimed.kind NOT IN ('access', 'own_data') AS unreachable,
       EXISTS (
           SELECT FROM silenced WHERE silenced.contact_id = claimed.recipient_id AND silenced.kind = claimed.kind
       ) AS unwanted
FROM claimed
LEFT JOIN contacts AS contact ON contact.id = claimed.recipient_id
LEFT JOIN events AS event ON event.id = claimed.event_id
LEFT JOIN editions AS edition ON edition.id = coalesce(event.edition_id, claimed.edition_id)
LEFT JOIN held ON held.id = claimed.edition_id
LEFT JOIN sign_ups AS sign_up ON sign_up.id = (claimed.content->>'sign_up_id')::uuid
ORDER BY claimed.due_at
"""
_EVENTS = f"SELECT {EVENT_COLUMNS} FROM events AS event WHERE event.id = ANY($1)"

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
    """The recipient's address has refused too many mails. Who asks for a code is tried all the same."""
    of_act: bool
    """It is about an act, as tens of thousands of others are at the same time."""
    superseded: bool
    """A later act on the edition has taken the place of the one it is about."""
    cancelled: bool
    """The sign-up that it is about is no more."""


async def claim(connection: Connection, *, now: datetime, leased_until: datetime, limit: int) -> list[ClaimedMail]:
    """Take up to `limit` due mails that nobody is at."""
    rows = await connection.fetch(_CLAIM, now, leased_until, limit)
    contents = {row["id"]: content_of(kind=row["kind"], value=row["content"]) for row in rows}
    wanted = {id_ for content in contents.values() if isinstance(content, ActContent) for id_ in content.event_ids}
    events = await _events(connection, wanted)
    return [
        ClaimedMail(
            claimed=Claimed(id=row["id"], attempts=row["attempts"], queued_at=row["queued_at"]),
            mail=_mail(row, contents[row["id"]], events),
            leased_until=leased_until,
            unwanted=row["unwanted"],
            unreachable=bool(row["unreachable"]),
            of_act=row["wanted_act_number"] is not None,
            superseded=row["superseded"],
            cancelled=bool(row["cancelled"]),
        )
        for row in rows
    ]


async def _events(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Event]:
    if not ids:
        return {}
    return {row["event_id"]: event_of(row) for row in await connection.fetch(_EVENTS, list(ids))}


async def release(connection: Connection, ids: Sequence[UUID]) -> None:
    """Give claimed mails back untried."""
    await connection.execute(_RELEASE, ids)


async def count_bounces(connection: Connection, *, contact_ids: Sequence[UUID], limit: int, now: datetime) -> None:
    """Count a refusal of these contacts' addresses; from `limit` in a row on they are unreachable."""
    await connection.execute(_COUNT_BOUNCES, contact_ids, limit, now)


async def try_again(connection: Connection, *, contact_id: UUID) -> None:
    """Write to an address again that has refused too many mails; the next refusal is too many again."""
    await connection.execute("UPDATE contacts SET unreachable_since = NULL WHERE id = $1", contact_id)


async def forget_bounces(connection: Connection, *, contact_ids: Sequence[UUID]) -> None:
    """These contacts' addresses have taken a mail."""
    await connection.execute(_FORGET_BOUNCES, contact_ids)


def _mail(row: asyncpg.Record, content: MailContent, events: Mapping[UUID, Event]) -> Mail | None:
    """The mail; None while a copy that it needs is not there or not far enough."""
    if row["contact_id"] is None:
        return None
    event = None
    edition = None
    about: dict[UUID, Event] = {}
    if row["email"] is not None:
        if row["about_event_id"] is not None:
            if row["edition_id"] is None or row["revision"] < (row["wanted_revision"] or 0):
                return None
            event, edition = event_of(row), edition_of(row)
        elif isinstance(content, ActContent):
            if row["edition_id"] is None or row["edition_act_number"] < row["wanted_act_number"]:
                return None
            about = {id_: events[id_] for id_ in content.event_ids if id_ in events}
            if not _all_reached(content, about, act_number=row["wanted_act_number"]):
                return None
            edition = edition_of(row)
    contact = Contact(id=row["contact_id"], email=row["email"], name=row["contact_name"], language=row["language"])
    return Mail(
        id=row["id"], kind=row["kind"], content=content, contact=contact, event=event, edition=edition, events=about
    )


def _all_reached(content: ActContent, events: Mapping[UUID, Event], *, act_number: int) -> bool:
    """Whether the act has reached the copies of all events that the notice names."""
    return events.keys() == content.event_ids and all(
        event.withdrawn or event.act_number >= act_number for event in events.values()
    )


def event_of(row: asyncpg.Record) -> Event:
    """From the columns of an event's copy."""
    return Event(
        id=row["event_id"],
        revision=row["revision"],
        title=row["title"],
        reference=row["reference"],
        organiser=row["organiser"],
        time_zone=row["time_zone"],
        slots=_slots(row["slots"]),
        place=Place.model_validate(row["place"]),
        changed_at=row["changed_at"],
        withdrawn=row["event_status"] == "withdrawn",
        occurrence=row["occurrence"],
        previous_slots=_slots(row["previous_slots"]),
        act_number=row["event_act_number"],
        calendar_sequence=row["calendar_sequence"],
    )


def _slots(stored: Sequence[Mapping[str, str]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(begin=datetime.fromisoformat(slot["begin"]), end=datetime.fromisoformat(slot["end"])) for slot in stored
    )


def edition_of(row: asyncpg.Record) -> Edition:
    """From the columns of an edition's copy."""
    return Edition(
        id=row["edition_id"],
        name=Bilingual.model_validate(row["edition_name"]),
        submission_deadline=row["submission_deadline"],
        dates=_contract(Window, row["edition_dates"]),
        act=_contract(Act, row["act"]),
    )


def _contract(model: type[Model], stored: object) -> Model | None:
    """A part of a message as it was stored: as JSON, which has no dates of its own."""
    return None if stored is None else model.model_validate(stored, strict=False)
