"""Who may see a page of the organiser's space: the organiser whose event it is. Others' events do not exist."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from registration.caller import own_id
from registration.own_events import store
from registration.own_events.domain import Own
from shared import pages
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found
from shared.runtime.tokens import Caller


async def _organiser(caller: Annotated[Caller, Depends(pages.only_for("organiser"))]) -> UUID:
    return own_id(caller)


Organiser = Annotated[UUID, Depends(_organiser)]
"""The id of the organiser who has signed in; others are sent to sign in, or refused."""


async def own(connection: Connection, organiser_id: UUID, event_id: UUID) -> Own:
    """The organiser's event or draft; 404 for anybody else's."""
    found = await store.read(connection, organiser_id, event_id)
    if found is None:
        raise not_found("event", event_id)
    return found


async def own_event(connection: Connection, organiser_id: UUID, event_id: UUID) -> Own:
    """The same, of what has been submitted: drafts have no guests and no history."""
    found = await own(connection, organiser_id, event_id)
    if found.status == "draft":
        raise not_found("event", event_id)
    return found
