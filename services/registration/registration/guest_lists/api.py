"""HTTP routes of guest lists."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from registration.caller import check_owner
from registration.events import store as events
from registration.guest_lists import operations, store
from registration.guest_lists.content import Attendance, SignUp
from registration.waiting.domain import Entry
from registration.waiting.shown import Waiting, shown
from registration.waiting.store import free_places
from shared.contracts.registration import GuestListState, ParticipationState
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/events/{event_id}", tags=["guest lists"])
Author = Annotated[Caller, Depends(require("organiser", "staff"))]


class SignedUp(BaseModel):
    """A sign-up. Its id is the key with which whoever knows it can cancel: keep it."""

    participation: ParticipationState
    places_left: int | None


class Guest(BaseModel):
    id: UUID
    kind: Literal["person", "group"]
    people: int
    name: str
    email: str | None
    status: Literal["active", "cancelled"]
    signed_up_at: datetime


class GuestPage(BaseModel):
    """The list's totals, and sign-ups in order of their ids."""

    guest_list: GuestListState
    guests: list[Guest]
    next: UUID | None


@router.post("/participations", status_code=201, responses={202: {"model": Waiting, "description": "Waiting"}})
async def sign_up(event_id: UUID, sign_up: SignUp, once: Once) -> SignedUp:
    """
    Sign a person or a group up. A confirmation follows by e-mail.

    202: there are not enough places, and with `if_full` `wait` the person has joined the waiting list.
    """

    async def add(connection: Connection) -> Answer:
        done = await operations.sign_up(connection, event_id, sign_up=sign_up, now=datetime.now(UTC))
        if isinstance(done, Entry):
            location = f"/v1/events/{event_id}/waiting/{done.id}"
            return Answer(body=await shown(connection, done), status=202, headers={"Location": location})
        location = f"/v1/events/{event_id}/participations/{done.participation.id}"
        return Answer(body=await signed_up(connection, done), status=201, headers={"Location": location})

    return await once(add)  # type: ignore[return-value]


@router.post("/participations/{participation_id}/cancellation")
async def cancel_sign_up(event_id: UUID, participation_id: UUID, once: Once) -> SignedUp:
    """Cancel a sign-up: its places are free at once. Cancelling it again changes nothing."""

    async def cancel(connection: Connection) -> Answer:
        done = await operations.cancel(connection, event_id, participation_id, now=datetime.now(UTC))
        return Answer(body=await signed_up(connection, done))

    return await once(cancel)  # type: ignore[return-value]


@router.get("/participations")
async def list_guests(
    event_id: UUID,
    caller: Author,
    connection: Reading,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> GuestPage:
    """The guest list, to the organiser and staff."""
    await _check_owned(connection, event_id, caller)
    row = await store.read_list(connection, event_id)
    rows = await store.page(connection, event_id, after=after, limit=limit)
    guests = [Guest.model_validate({name: each[name] for name in Guest.model_fields}) for each in rows]
    return GuestPage(
        guest_list=operations.state_of(row), guests=guests, next=rows[-1]["id"] if len(rows) == limit else None
    )


@router.put("/attendance")
async def report_attendance(event_id: UUID, attendance: Attendance, caller: Author, once: Once) -> GuestListState:
    """Report how many people came; the last report counts. Announced participants stay as they are."""

    async def report(connection: Connection) -> Answer:
        await _check_owned(connection, event_id, caller)
        state = await operations.report_attendance(
            connection, event_id, people=attendance.people, now=datetime.now(UTC)
        )
        return Answer(body=state)

    return await once(report)  # type: ignore[return-value]


async def signed_up(connection: Connection, done: operations.SignedUp) -> SignedUp:
    """The answer to who has just come or gone."""
    if done.guest_list.capacity is None:
        return SignedUp(participation=done.participation, places_left=None)
    row = await store.read_list(connection, done.guest_list.event_id)
    return SignedUp(participation=done.participation, places_left=max(free_places(row), 0))


async def _check_owned(connection: Connection, event_id: UUID, caller: Caller) -> None:
    event = await events.read(connection, event_id)
    if event is None:
        raise not_found("event", event_id)
    check_owner(caller, organiser_id=event.organiser.id, what="event", id_=event_id)
