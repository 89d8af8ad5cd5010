"""What happened to an event, for its organiser."""

from uuid import UUID

from fastapi import Request, Response

from registration.own_events import store
from registration.own_events.history import step_of
from registration.pages.organiser.access import Organiser, own_event
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur/evenements/{event_id}")


@router.get("/historique")
async def history(request: Request, event_id: UUID, organiser_id: Organiser, connection: Reading) -> Response:
    """Every change, the latest first."""
    event = await own_event(connection, organiser_id, event_id)
    steps = [step_of(dict(row)) for row in await store.history(connection, event_id)]
    return pages.render(request, "organiser/history.html", event=event, steps=steps)
