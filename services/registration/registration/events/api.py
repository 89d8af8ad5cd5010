"""HTTP routes of events."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from registration.caller import check_owner, organiser_of, owns
from registration.events import drafts, operations, store
from registration.events.stored import StoredEvent
from shared.contracts.registration import EventState
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Anyone, Caller, require

router = APIRouter(prefix="/v1/events", tags=["events"])
Author = Annotated[Caller, Depends(require("organiser", "staff"))]
_EVENT = {
    "reference": "VISITE-01",
    "title": "Visite de l'atelier de soudure",
    "description": "Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité, et "
    "les métiers de la chaudronnerie industrielle. Nos équipes montrent leurs machines et répondent à vos questions.",
    "type": "company_visit",
    "themes": ["recruitment"],
    "audience": ["general_public", "young_people"],
    "price_cents": 0,
    "slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"}],
    "place": {
        "mode": "onsite",
        "name": "Atelier de Montoir",
        "address": "2 rue des Chantiers",
        "postcode": "44550",
        "city": "Montoir-de-Bretagne",
    },
    "capacity": 40,
    "accessibility": ["mi"],
}


class NewEvent(BaseModel):
    """An event to submit, or to keep as a draft."""

    model_config = ConfigDict(extra="forbid")
    edition_id: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    organiser_id: UUID | None = Field(default=None, description="For staff: on whose behalf")
    status: Literal["draft", "submitted"] = "submitted"
    event: dict[str, Any] = Field(description="EventContent; a draft may lack anything", examples=[_EVENT])


class Draft(BaseModel):
    """An event that has not been submitted."""

    id: UUID
    edition_id: str
    organiser_id: UUID
    status: Literal["draft"] = "draft"
    event: dict[str, Any]


class EventPage(BaseModel):
    """Events in order of their ids. `next` is the `after` of the following page."""

    events: list[EventState]
    next: UUID | None


@router.post("", status_code=201, responses={201: {"model": EventState | Draft}})
async def create_event(
    new: Annotated[NewEvent, Body(examples=[{"edition_id": "2020", "event": _EVENT}])], caller: Author, once: Once
) -> EventState | Draft:
    """Submit an event, or save a draft."""
    organiser_id = organiser_of(caller, new.organiser_id)

    async def create(connection: Connection) -> Answer:
        now = datetime.now(UTC)
        if new.status == "draft":
            draft = Draft(id=new_id(), edition_id=new.edition_id, organiser_id=organiser_id, event=new.event)
            await _save_draft(connection, draft, now=now)
            return Answer(body=draft, status=201, headers={"Location": f"/v1/events/{draft.id}"})
        event = await operations.submit(
            connection,
            edition_id=new.edition_id,
            organiser_id=organiser_id,
            content=drafts.checked(new.event),
            by_staff=caller.role == "staff",
            now=now,
        )
        return Answer(body=event.state(), status=201, headers={"Location": f"/v1/events/{event.id}"})

    return await once(create)  # type: ignore[return-value]


@router.get("")
async def list_events(  # noqa: PLR0917 - FastAPI passes them by name
    connection: Reading,
    caller: Anyone,
    edition: Annotated[str | None, Query(max_length=64)] = None,
    status: Annotated[str | None, Query(max_length=20)] = None,
    departement: Annotated[str | None, Query(max_length=3)] = None,
    organiser: UUID | None = None,
    reference: Annotated[str | None, Query(max_length=100)] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventPage:
    """The public programme; staff see all events, organisers their own when they ask for them."""
    own = owns(caller, organiser)
    for name, value in (
        ("edition", edition),
        ("status", status),
        ("departement", departement),
        ("reference", reference),
    ):
        if value is not None and "\x00" in value:
            raise Problem(
                422, "The request has errors", errors=[FieldError(name, "It contains a NUL character", "Remove it.")]
            )
    found = await store.page(
        connection,
        edition_id=edition,
        status=status,
        departement=departement,
        organiser_id=organiser,
        reference=reference,
        catalogue_only=not own,
        after=after,
        limit=limit,
    )
    states = [each.state() if own else each.public_state() for each in found]
    return EventPage(events=states, next=found[-1].id if len(found) == limit else None)


@router.get("/{event_id}", responses={200: {"model": EventState | Draft}})
async def get_event(event_id: UUID, connection: Reading, caller: Anyone) -> EventState | Draft:
    """One event. Outside the programme, its organiser and staff alone see it."""
    event = await store.read(connection, event_id)
    if event is not None:
        if event.in_catalogue and not owns(caller, event.organiser.id):
            return event.public_state()
        check_owner(caller, organiser_id=event.organiser.id, what="event", id_=event_id)
        return event.state()
    draft = await store.read_draft(connection, event_id)
    if draft is None:
        raise not_found("event", event_id)
    check_owner(caller, organiser_id=draft["organiser_id"], what="event", id_=event_id)
    return Draft(
        id=draft["id"], edition_id=draft["edition_id"], organiser_id=draft["organiser_id"], event=draft["content"]
    )


@router.put("/{event_id}", responses={200: {"model": EventState | Draft}})
async def change_event(
    event_id: UUID, content: Annotated[dict[str, Any], Body(examples=[_EVENT])], caller: Author, once: Once
) -> EventState | Draft:
    """Change a draft, or amend an event: what the charter judges is decided again. The same again changes nothing."""

    async def change(connection: Connection) -> Answer:
        now = datetime.now(UTC)
        draft = await store.lock_draft(connection, event_id)
        if draft is not None:
            check_owner(caller, organiser_id=draft["organiser_id"], what="event", id_=event_id)
            changed = Draft(
                id=event_id, edition_id=draft["edition_id"], organiser_id=draft["organiser_id"], event=content
            )
            await _save_draft(connection, changed, now=now)
            return Answer(body=changed)
        await _owned(connection, event_id, caller)
        event = await operations.amend(connection, event_id, content=drafts.checked(content), now=now)
        return Answer(body=event.state())

    return await once(change)  # type: ignore[return-value]


@router.post("/{event_id}/submission")
async def submit_draft(event_id: UUID, caller: Author, once: Once) -> EventState:
    """Submit a draft. 422 names what it lacks."""

    async def submit(connection: Connection) -> Answer:
        draft = await store.lock_draft(connection, event_id)
        if draft is None:
            event = await _owned(connection, event_id, caller)
            raise Problem(409, "Already submitted", f"The event is {event.status}.")
        check_owner(caller, organiser_id=draft["organiser_id"], what="event", id_=event_id)
        event = await drafts.submit(connection, draft, by_staff=caller.role == "staff", now=datetime.now(UTC))
        return Answer(body=event.state())

    return await once(submit)  # type: ignore[return-value]


@router.post("/{event_id}/withdrawal")
async def withdraw_event(event_id: UUID, caller: Author, once: Once) -> EventState:
    """Withdraw an event for good."""

    async def withdraw(connection: Connection) -> Answer:
        await _owned(connection, event_id, caller)
        event = await operations.withdraw(connection, event_id, now=datetime.now(UTC))
        return Answer(body=event.state())

    return await once(withdraw)  # type: ignore[return-value]


async def _owned(connection: Connection, event_id: UUID, caller: Caller) -> StoredEvent:
    event = await store.read(connection, event_id)
    if event is None:
        raise not_found("event", event_id)
    check_owner(caller, organiser_id=event.organiser.id, what="event", id_=event_id)
    return event


async def _save_draft(connection: Connection, draft: Draft, *, now: datetime) -> None:
    await drafts.save(
        connection,
        id_=draft.id,
        edition_id=draft.edition_id,
        organiser_id=draft.organiser_id,
        content=draft.event,
        now=now,
    )
