"""HTTP routes of acts, and of organisers' answers to them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Request
from pydantic import AwareDatetime, BaseModel, Field

from registration.acts import answers, operations, store
from registration.acts.content import ActContent, AnswerContent, ConfirmedAct
from registration.acts.preview import Found
from registration.acts.store import Phase, StoredAct
from registration.caller import check_owner
from registration.editions import store as editions
from registration.editions.api import EditionId
from registration.events import store as events
from shared.contracts.registration import Act, EditionState, EventState, Slot
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, Staff, require

router = APIRouter(prefix="/v1", tags=["acts"])
Author = Annotated[Caller, Depends(require("organiser", "staff"))]
ActNumber = Annotated[int, Path(ge=1, le=1_000_000)]
_ACT = {
    "kind": "postponed",
    "dates": {"first_day": "2020-11-16", "last_day": "2020-11-22"},
    "policy": "confirmation",
    "respond_by": "2020-10-15",
    "terms": {
        "fr": "Confirmez vos événements avant le 15 octobre ; les labels sont réexaminés pour les nouvelles dates.",
        "en": "Confirm your events by 15 October; labels are decided again for the new dates.",
    },
}


class EventSample(BaseModel):
    """One of the events that something is said of: where it was, where it goes."""

    id: UUID
    title: str
    departement: str | None
    slots: list[Slot]
    new_slots: list[Slot]


class Concerned(BaseModel):
    """How many events something is said of, and at most 50 of them."""

    events: int
    samples: list[EventSample]


class PlaceConcerned(BaseModel):
    """Of a territory with windows of its own (`R04`, `974`), or of all places that have none (null)."""

    territory: str | None
    events: int
    outside_dates: int
    outside_label_window: int


class People(BaseModel):
    """How many people would be told, each once: organisers, guests, those who are both, those who wait for a place."""

    people: int
    organisers: int
    guests: int
    both: int
    waiting: int


class ActPreview(BaseModel):
    """
    What an act would do. Confirming takes the same act and the `token`, for two hours, unless an event changes.

    How many partners would hear of it says who tells them: `POST /v1/notices/samples` with the edition's id.
    """

    edition: EditionState
    events: int
    in_catalogue: int
    moved: int
    other_distance: Concerned
    public_holiday: Concerned
    school_holiday: Concerned
    school_holidays_unknown: int
    school_holidays_unknown_in: list[str] = Field(description="Départements of these events")
    outside_dates: Concerned
    outside_label_window: Concerned
    places: list[PlaceConcerned]
    people: People
    token: str


class Answers(BaseModel):
    """Events by their organiser's answer; those that have lapsed are withdrawn."""

    awaited: int
    confirmed: int
    lapsed: int


class ActProgress(BaseModel):
    """An act, and how far it has come: events reached, then people told; `settled` when all is done."""

    act: Act
    phase: Phase
    events: int
    reached: int
    recipients: int
    told: int
    answers: Answers | None = None
    decided_by: str
    moved_at: AwareDatetime | None
    told_at: AwareDatetime | None
    lapsed_at: AwareDatetime | None


@router.post("/editions/{edition_id}/acts/preview")
async def preview_act(
    edition_id: EditionId,
    content: Annotated[ActContent, Body(examples=[_ACT])],
    _staff: Staff,
    connection: Reading,
    request: Request,
) -> ActPreview:
    """What postponing or cancelling the edition would do. Changes nothing."""
    found = await operations.show(
        connection,
        edition_id,
        content,
        key=request.app.state.signing_key,
        school_holidays=request.app.state.school_holidays,
        now=datetime.now(UTC),
    )
    effects = found.effects
    return ActPreview(
        edition=found.edition,
        events=effects.events,
        in_catalogue=effects.in_catalogue,
        moved=effects.moved,
        other_distance=_concerned(effects.other_distance),
        public_holiday=_concerned(effects.public_holiday),
        school_holiday=_concerned(effects.school_holiday),
        school_holidays_unknown=effects.school_holidays_unknown,
        school_holidays_unknown_in=sorted(effects.school_holidays_unknown_in),
        outside_dates=_concerned(effects.outside_dates),
        outside_label_window=_concerned(effects.outside_label_window),
        places=[
            PlaceConcerned(
                territory=place,
                events=each.events,
                outside_dates=each.outside_dates,
                outside_label_window=each.outside_label_window,
            )
            for place, each in effects.places.items()
        ],
        people=People.model_validate(found.audience, from_attributes=True),
        token=found.token,
    )


@router.post("/editions/{edition_id}/acts", status_code=201, responses={200: {"model": ActProgress}})
async def confirm_act(
    edition_id: EditionId,
    content: Annotated[ConfirmedAct, Body(examples=[{**_ACT, "token": "eyJhbGciOiJFZDI1NTE5In0…"}])],
    staff: Staff,
    once: Once,
    request: Request,
) -> ActProgress:
    """Postpone or cancel the edition as previewed. Confirming the same token again decides nothing anew (200)."""

    async def confirm(connection: Connection) -> Answer:
        stored, new = await operations.confirm(
            connection,
            edition_id,
            content.act(),
            token=content.token,
            key=request.app.state.signing_key,
            by=staff.subject,
            now=await now_by(connection),
        )
        location = f"/v1/editions/{edition_id}/acts/{stored.act.number}"
        return Answer(body=_progress(stored), status=201 if new else 200, headers={"Location": location})

    answer = await once(confirm)
    request.app.state.acts.wake()
    return answer  # type: ignore[return-value] # a response as it is


@router.get("/editions/{edition_id}/acts")
async def list_acts(edition_id: EditionId, _staff: Staff, connection: Reading) -> list[ActProgress]:
    """All acts on an edition, the first one first."""
    if await editions.read(connection, edition_id) is None:
        raise not_found("edition", edition_id)
    return [_progress(stored) for stored in await store.read_all(connection, edition_id)]


@router.get("/editions/{edition_id}/acts/{number}")
async def get_act(edition_id: EditionId, number: ActNumber, _staff: Staff, connection: Reading) -> ActProgress:
    """One act, how far it has come, and the answers to it."""
    stored = await store.read(connection, edition_id=edition_id, number=number)
    if stored is None:
        raise not_found("act", f"{number} on the edition {edition_id}")
    counts = await store.answers(connection, edition_id=edition_id, number=number)
    return _progress(stored).model_copy(update={"answers": Answers.model_validate(dict(counts))})


@router.post("/events/{event_id}/answer")
async def answer_act(
    event_id: UUID,
    content: Annotated[AnswerContent, Body(examples=[{"answer": "confirm", "act": 1}])],
    caller: Author,
    once: Once,
    request: Request,
) -> EventState:
    """Answer a postponement for one event: confirm it, change its dates, or withdraw it."""

    async def answer(connection: Connection) -> Answer:
        event = await events.read(connection, event_id)
        if event is None:
            raise not_found("event", event_id)
        check_owner(caller, organiser_id=event.organiser.id, what="event", id_=event_id)
        answered = await answers.answer(connection, event, content, now=await now_by(connection))
        return Answer(body=answered.state())

    answered = await once(answer)
    request.app.state.acts.wake()
    return answered  # type: ignore[return-value] # a response as it is


def _concerned(found: Found) -> Concerned:
    return Concerned(
        events=found.events,
        samples=[
            EventSample(
                id=each.id,
                title=each.title,
                departement=each.departement,
                slots=list(each.slots),
                new_slots=list(each.new_slots),
            )
            for each in found.samples
        ],
    )


def _progress(stored: StoredAct) -> ActProgress:
    return ActProgress(
        act=stored.act,
        phase=stored.phase,
        events=stored.events,
        reached=stored.reached,
        recipients=stored.recipients,
        told=stored.told,
        decided_by=stored.decided_by,
        moved_at=stored.moved_at,
        told_at=stored.told_at,
        lapsed_at=stored.lapsed_at,
    )
