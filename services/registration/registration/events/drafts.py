"""Use cases of drafts: events that are not submitted yet. They are their organiser's affair: nothing is published."""

from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from registration.editions import store as editions
from registration.events import operations, store
from registration.events.content import DraftContent, EventContent, why_not_storable
from registration.events.stored import StoredEvent
from registration.organisers import store as organisers
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem, not_found


async def save(
    connection: Connection, *, id_: UUID, edition_id: str, organiser_id: UUID, content: DraftContent, now: datetime
) -> None:
    """Create or overwrite a draft."""
    reason = why_not_storable(content)
    if reason:
        errors = [FieldError("event", reason, "Remove it.")]
        raise Problem(422, "The draft cannot be kept", reason, errors=errors)
    if await editions.read(connection, edition_id) is None:
        raise not_found("edition", edition_id)
    if await organisers.read(connection, organiser_id) is None:
        raise not_found("organiser", organiser_id)
    await store.save_draft(
        connection, id_=id_, edition_id=edition_id, organiser_id=organiser_id, content=content, now=now
    )


async def submit(connection: Connection, draft: asyncpg.Record, *, by_staff: bool, now: datetime) -> StoredEvent:
    """Turn a draft into an event; 422 names what it lacks."""
    event = await operations.submit(
        connection,
        edition_id=draft["edition_id"],
        organiser_id=draft["organiser_id"],
        content=checked(draft["content"]),
        id_=draft["id"],
        by_staff=by_staff,
        now=now,
    )
    await store.delete_draft(connection, draft["id"])
    return event


def checked(content: DraftContent) -> EventContent:
    """The content of a draft or of a request, complete and valid; else 422."""
    try:
        return EventContent.model_validate(content)
    except ValidationError as error:
        errors = [_field_error(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()[:50]]
        raise Problem(422, "The event is not complete", "Correct the fields named.", errors=errors) from None


def _field_error(field: str, message: str) -> FieldError:
    """A rule over several fields names the one to mend first: `place: give postcode and city`."""
    detail = message.removeprefix("Value error, ")
    if not field:
        field, _, detail = detail.partition(": ")
    return FieldError(field, detail, "Complete or correct it.")
