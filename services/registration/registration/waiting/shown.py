"""An entry of a waiting list as its person sees it."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from registration.waiting import store
from registration.waiting.domain import Entry, Status
from shared.runtime.database import Connection


class Waiting(BaseModel):
    """An entry of a waiting list. Its id is the key with which whoever knows it answers or leaves: keep it."""

    id: UUID
    event_id: UUID
    kind: Literal["person", "group"]
    people: int
    status: Status
    position: int | None = Field(description="1 for the first in line, None once it has an offer or has ended")
    expires_at: AwareDatetime | None = Field(description="Until when the offer that stands is held")
    participation_id: UUID | None = Field(description="The sign-up that it has become")
    joined_at: AwareDatetime


async def shown(connection: Connection, entry: Entry) -> Waiting:
    waits = entry.status == "waiting"
    return Waiting(
        id=entry.id,
        event_id=entry.event_id,
        kind=entry.kind,
        people=entry.people,
        status=entry.status,
        position=await store.position(connection, entry.id) if waits else None,
        expires_at=entry.expires_at if entry.status == "offered" else None,
        participation_id=entry.participation_id,
        joined_at=entry.joined_at,
    )
