"""Beginning an event, copying one of another edition, and throwing a draft away."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from registration.editions import store as editions
from registration.events import drafts
from registration.events import store as events
from registration.own_events import store
from registration.own_events.domain import copied
from registration.pages.organiser.access import Organiser, own
from registration.pages.programme import current_edition
from shared import pages
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.identifiers import new_id

router = pages.router("/organisateur/evenements")


@router.post("")
async def begin(request: Request, organiser_id: Organiser) -> Response:
    """A new draft; one in which nothing has been written yet is taken up again."""
    async with pages.changing(request) as connection:
        edition = await _edition(connection)
        id_ = await store.empty_draft(connection, organiser_id, edition_id=edition.id)
        id_ = id_ or await _draft(connection, organiser_id, edition=edition, content={})
    return pages.redirect(_address(id_))


async def begin_first(connection: Connection, organiser_id: UUID) -> str:
    """The address of a draft for who has nothing yet; empty for the others, and where no edition is open."""
    edition = await _open_edition(connection)
    if edition is None or await store.page(connection, organiser_id, limit=1, offset=0):
        return ""
    return _address(await _draft(connection, organiser_id, edition=edition, content={}))


@router.post("/{event_id}/copie")
async def copy(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """A draft of the current edition with the event's content, its dates moved along."""
    async with pages.changing(request) as connection:
        event = await own(connection, organiser_id, event_id)
        edition = await _edition(connection)
        before = await editions.read(connection, event.edition_id)
        assert before is not None
        content = copied(event.content, before=before, now=edition)
        id_ = await _draft(connection, organiser_id, edition=edition, content=content)
    return pages.redirect(_address(id_))


@router.post("/{event_id}/suppression")
async def delete(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """Throw a draft away. One that is gone already is no error."""
    async with pages.changing(request) as connection:
        draft = await events.lock_draft(connection, event_id)
        if draft is not None and draft["organiser_id"] != organiser_id:
            raise not_found("event", event_id)
        await events.delete_draft(connection, event_id)
    return pages.redirect("/organisateur")


async def _draft(connection: Connection, organiser_id: UUID, *, edition: EditionState, content: dict[str, Any]) -> UUID:
    id_ = new_id()
    await drafts.save(
        connection,
        id_=id_,
        edition_id=edition.id,
        organiser_id=organiser_id,
        content=content,
        now=datetime.now(UTC),
    )
    return id_


def _address(id_: UUID) -> str:
    return f"/organisateur/evenements/{id_}/modifier"


async def _edition(connection: Connection) -> EditionState:
    edition = await _open_edition(connection)
    if edition is None:
        raise Problem(409, "No edition is open", "Events can be proposed once the next edition is announced.")
    return edition


async def _open_edition(connection: Connection) -> EditionState | None:
    edition = await current_edition(connection)
    return edition if edition is not None and edition.status != "closed" else None
