"""HTTP routes of reviews: the committee's queue."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from labelling.reviews import operations, store
from labelling.reviews.service_level import ServiceLevel, service_level
from labelling.reviews.shown import Review, WholeReview, review, whole_review
from labelling.reviews.words import Words
from shared.contracts.base import Identifier
from shared.contracts.labelling import DecisionState
from shared.contracts.registration import Departement
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
Committee = Annotated[Caller, Depends(require("staff", "referent"))]
Territory = Annotated[Departement | None, Query(examples=["67"])]
Edition = Annotated[Identifier | None, Query(examples=["2020"])]


class ReviewPage(BaseModel):
    """Reviews, the most urgent first. `next` is the `after` of the following page."""

    reviews: list[Review]
    next: str | None


class Settlement(BaseModel):
    """A referent's decision."""

    model_config = ConfigDict(extra="forbid")
    verdict: operations.Settled = Field(examples=["labelled"])
    reason: Words = Field(description="Told to the organiser", examples=["La visite montre bien l’atelier."])
    revision: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="The revision that you have read: 409 when it is another by now"
    )


class Settlements(BaseModel):
    """One decision, with one reason, on several events."""

    model_config = ConfigDict(extra="forbid")
    event_ids: list[UUID] = Field(min_length=1, max_length=200, examples=[["0197a1f0-5b1e-7c3a-9d52-6f0e8a4b2c11"]])
    verdict: operations.Settled = Field(examples=["refused"])
    reason: Words = Field(description="Told to each organiser", examples=["Le même événement est déjà au programme."])


class Settled(BaseModel):
    """What became of one of them: `status` is what it would have been alone, 201 for decided."""

    event_id: UUID
    status: int = Field(examples=[201])
    decision_id: UUID | None
    title: str = Field(examples=["Decided"])
    detail: str


class SettledMany(BaseModel):
    """In the order in which they were given, each once."""

    decided: int
    results: list[Settled]


@router.get("")
async def list_reviews(
    *,
    connection: Reading,
    caller: Committee,
    status: store.Status = "open",
    departement: Territory = None,
    edition_id: Edition = None,
    claimed_by: Annotated[store.Whose, Query(description="`mine`: claimed by, or handed over to you")] = "anyone",
    after: Annotated[str | None, Query(max_length=60, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewPage:
    """The queue by deadline. Referents see their own départements', staff all."""
    found = await store.page(
        connection,
        status=status,
        departements=departements_of(caller, departement),
        edition_id=edition_id,
        claimed_by=claimed_by,
        caller=caller.subject,
        after=_position(after),
        limit=limit,
        now=await now_by(connection),
    )
    more = f"{found[-1]['due_on']}_{found[-1]['decision_id']}" if len(found) == limit else None
    return ReviewPage(reviews=[review(row) for row in found], next=more)


@router.get("/service-level")
async def get_service_level(
    connection: Reading, caller: Committee, departement: Territory = None, edition_id: Edition = None
) -> ServiceLevel:
    """How well the committee keeps its promise: waiting, late, and the average time. Referents see their own."""
    rows = await store.service_level(
        connection,
        departements=departements_of(caller, departement),
        edition_id=edition_id,
        now=await now_by(connection),
    )
    return service_level(rows)


@router.get("/{event_id}")
async def get_review(event_id: UUID, connection: Reading, caller: Committee) -> WholeReview:
    """The latest review of an event, with the event as it stands and what the committee has said about it."""
    found = await whole_review(connection, event_id, now=await now_by(connection))
    if found is None:
        raise not_found("review of event", event_id)
    operations.check_territory(caller, found.departement)
    return found


@router.post("", responses={200: {"description": "What became of each"}})
async def decide_reviews(settlements: Annotated[Settlements, Body()], caller: Committee, once: Once) -> SettledMany:
    """Decide several events with one reason. One that cannot be decided keeps no other from it."""

    async def settle(connection: Connection) -> Answer:
        results = await operations.settle_many(
            connection,
            list(dict.fromkeys(settlements.event_ids)),
            verdict=settlements.verdict,
            reason=settlements.reason,
            caller=caller,
            now=await now_by(connection),
        )
        decided = sum(each.decision is not None for each in results)
        return Answer(body=SettledMany(decided=decided, results=[_settled(each) for each in results]))

    return await once(settle)  # type: ignore[return-value] # a response as it is


@router.post(
    "/{event_id}/decision",
    status_code=201,
    responses={409: {"description": "Decided already, claimed by somebody else, or the event is another by now"}},
)
async def decide_review(
    event_id: UUID, settlement: Annotated[Settlement, Body()], caller: Committee, once: Once
) -> DecisionState:
    """Decide an event in review, with a reason: its département's referent, or staff. Claim it first, or not."""

    async def settle(connection: Connection) -> Answer:
        decision = await operations.settle(
            connection,
            event_id,
            verdict=settlement.verdict,
            reason=settlement.reason,
            revision=settlement.revision,
            caller=caller,
            now=await now_by(connection),
        )
        return Answer(body=decision, status=201, headers={"Location": f"/v1/decisions/{decision.id}"})

    return await once(settle)  # type: ignore[return-value] # a response as it is


def _settled(result: operations.Result) -> Settled:
    if result.problem is not None:
        problem = result.problem
        return Settled(
            event_id=result.event_id,
            status=problem.status,
            decision_id=None,
            title=problem.title,
            detail=problem.detail,
        )
    assert result.decision is not None
    return Settled(event_id=result.event_id, status=201, decision_id=result.decision.id, title="Decided", detail="")


def departements_of(caller: Caller, wanted: str | None) -> list[str] | None:
    """The territories that a caller asks for and may: referents one or all of their own, staff any, or all."""
    if caller.role == "staff":
        return None if wanted is None else [wanted]
    own = list(caller.departements)
    if not own or wanted not in {None, *own}:
        raise Problem(
            403, "Not allowed", f"You are referent of {', '.join(own) or 'none'}: ask for a département of yours."
        )
    return own if wanted is None else [wanted]


def _position(after: str | None) -> tuple[date, UUID] | None:
    if after is None:
        return None
    due_on, _, decision_id = after.partition("_")
    try:
        return date.fromisoformat(due_on), UUID(decision_id)
    except ValueError:
        error = FieldError("query.after", "It is not the `next` of a page", "Copy `next` as it is, or leave it out.")
        raise Problem(422, "The request has errors", errors=[error]) from None
