"""An event as its organiser sees it: how it stands, what comes next, and taking it out of the programme."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import Request, Response

from registration.editions import store as editions
from registration.events import decisions, operations
from registration.pages.organiser.access import Organiser, own, own_event
from registration.pages.programme import current_edition
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur/evenements/{event_id}")


@router.get("")
async def overview(request: Request, event_id: UUID, organiser_id: Organiser, connection: Reading) -> Response:
    """The event; a draft is shown as its form."""
    event = await own(connection, organiser_id, event_id)
    if event.status == "draft":
        return pages.redirect(f"/organisateur/evenements/{event_id}/modifier")
    current = await current_edition(connection)
    return pages.render(
        request,
        "organiser/event.html",
        event=event,
        step=event.next_step(now=datetime.now(UTC)),
        edition=await editions.read(connection, event.edition_id),
        decision=await decisions.read(connection, event_id),
        appealed=request.query_params.get("recours") == "envoye",
        copies=current is not None and current.status != "closed",
    )


@router.post("/retrait")
async def withdraw(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """Take the event out of the programme, for good."""
    async with pages.changing(request) as connection:
        await own_event(connection, organiser_id, event_id)
        await operations.withdraw(connection, event_id, now=datetime.now(UTC))
    return pages.redirect(f"/organisateur/evenements/{event_id}")
