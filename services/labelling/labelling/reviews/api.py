"""HTTP routes of reviews: the committee's queue."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Body, Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from labelling.reviews import operations, store
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import Departement
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import FieldError, Problem
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
Committee = Annotated[Caller, Depends(require("staff", "referent"))]


def _printable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("it contains a NUL character: remove it")
    return value


class Review(BaseModel):
    """An event that the charter left to the committee."""

    decision_id: UUID
    event_id: UUID
    edition_id: str = Field(examples=["2020"])
    title: str = Field(examples=["Visite d’une entreprise"])
    organiser_name: str
    departement: str | None = Field(examples=["67"])
    revision: int
    status: store.Status
    due_on: date = Field(description="The last day for an answer, in working days of the territory")
    opened_at: datetime
    ended_at: datetime | None
    questions: list[CriterionResult] = Field(description="The criteria that are not clearly met")


class ReviewPage(BaseModel):
    """Reviews, the most urgent first. `next` is the `after` of the following page."""

    reviews: list[Review]
    next: str | None


class Settlement(BaseModel):
    """A referent's decision."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["labelled", "refused"] = Field(examples=["labelled"])
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_printable)
    ] = Field(description="Told to the organiser", examples=["La visite montre bien l’atelier de production."])


@router.get("")
async def list_reviews(
    *,
    connection: Reading,
    caller: Committee,
    status: store.Status = "open",
    departement: Annotated[Departement | None, Query(examples=["67"])] = None,
    after: Annotated[str | None, Query(max_length=60, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewPage:
    """The queue by deadline. Referents see their own département's, staff all."""
    found = await store.page(
        connection,
        status=status,
        departement=_departement(caller, departement),
        after=_position(after),
        limit=limit,
    )
    more = f"{found[-1]['due_on']}_{found[-1]['decision_id']}" if len(found) == limit else None
    return ReviewPage(reviews=[_review(row) for row in found], next=more)


@router.post(
    "/{event_id}/decision",
    status_code=201,
    responses={409: {"description": "Decided already, or the event was amended or withdrawn"}},
)
async def decide_review(
    event_id: UUID, settlement: Annotated[Settlement, Body()], caller: Committee, once: Once
) -> DecisionState:
    """Decide an event in review, with a reason: its département's referent, or staff."""

    async def settle(connection: Connection) -> Answer:
        decision = await operations.settle(
            connection,
            event_id,
            verdict=settlement.verdict,
            reason=settlement.reason,
            caller=caller,
            now=datetime.now(UTC),
        )
        return Answer(body=decision, status=201, headers={"Location": f"/v1/decisions/{decision.id}"})

    return await once(settle)  # type: ignore[return-value] # a response as it is


def _departement(caller: Caller, wanted: str | None) -> str | None:
    if caller.role == "staff":
        return wanted
    if caller.departement is None or wanted not in {None, caller.departement}:
        raise Problem(403, "Not allowed", f"You are referent of {caller.departement}: ask for that département.")
    return caller.departement


def _position(after: str | None) -> tuple[date, UUID] | None:
    if after is None:
        return None
    due_on, _, decision_id = after.partition("_")
    try:
        return date.fromisoformat(due_on), UUID(decision_id)
    except ValueError:
        error = FieldError("query.after", "It is not the `next` of a page", "Copy `next` as it is, or leave it out.")
        raise Problem(422, "The request has errors", errors=[error]) from None


def _review(row: asyncpg.Record) -> Review:
    fields = dict(row)
    decision = DecisionState.model_validate_json(fields.pop("decision"))
    questions = [result for result in decision.criteria if result.outcome != "met"]
    return Review(**fields, questions=questions)
