"""Where organisers begin: their events, how each stands, and what comes next."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response

from registration.organisers import store as organisers
from registration.own_events import store
from registration.own_events.domain import most_urgent
from registration.pages.organiser.access import Organiser
from registration.pages.programme import current_edition
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur")
_PER_PAGE = 50


@router.get("")
async def space(
    request: Request,
    organiser_id: Organiser,
    connection: Reading,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The organiser's events and drafts."""
    edition = await current_edition(connection)
    found = await store.page(connection, organiser_id, limit=_PER_PAGE + 1, offset=(page - 1) * _PER_PAGE)
    events = found[:_PER_PAGE]
    now = datetime.now(UTC)
    return pages.render(
        request,
        "organiser/space.html",
        organiser=await organisers.read(connection, organiser_id),
        edition=edition,
        counts=await store.counts(connection, organiser_id, edition_id=edition.id) if edition else {},
        events=events,
        steps={event.id: event.next_step(now=now) for event in events},
        urgent=most_urgent(events, now=now) if page == 1 else None,
        previous=f"/organisateur?page={page - 1}" if page > 1 else None,
        next=f"/organisateur?page={page + 1}" if len(found) > _PER_PAGE else None,
    )
