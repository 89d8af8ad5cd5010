"""A review as callers see it."""

from datetime import date, datetime
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from labelling.claims import store as claims
from labelling.reviews import store
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import EventState
from shared.runtime.database import Connection


class Review(BaseModel):
    """An event that the charter left to the committee, or whose organiser has appealed."""

    decision_id: UUID
    event_id: UUID
    edition_id: str = Field(examples=["2020"])
    title: str = Field(examples=["Visite d’une entreprise"])
    organiser_name: str
    departement: str | None = Field(examples=["67"])
    revision: int
    status: store.Status
    appeal: bool = Field(description="The organiser has appealed against a refusal")
    appeal_reason: str | None
    due_on: date = Field(description="The last day for an answer, in working days of the territory")
    due_before: datetime = Field(
        description="When that day is over in the territory's own time: from then on it is late"
    )
    opened_at: datetime
    ended_at: datetime | None
    claimed_by: str | None = Field(description="Who works at it", examples=["referent-67"])
    claimed_until: datetime | None
    questions: list[CriterionResult] = Field(description="The criteria that are not clearly met")


class Said(BaseModel):
    """Something that somebody of the committee has said; `handed_to`: when handing the review over."""

    id: UUID
    author: str
    handed_to: str | None
    text: str
    written_at: datetime


class WholeReview(Review):
    """A review with all that a decision needs."""

    event: EventState
    criteria: list[CriterionResult] = Field(description="All of them, as the charter judged")
    comments: list[Said]


def review(row: asyncpg.Record) -> Review:
    return Review(**_fields(row))


async def whole_review(connection: Connection, event_id: UUID, *, now: datetime) -> WholeReview | None:
    """The latest review of an event; None when it never had one."""
    row = await store.of_event(connection, event_id, now=now)
    if row is None:
        return None
    return WholeReview(
        **_fields(row),
        event=await store.event(connection, event_id),
        criteria=list(DecisionState.model_validate_json(row["decision"]).criteria),
        comments=[Said.model_validate(dict(each)) for each in await claims.comments(connection, event_id)],
    )


def _fields(row: asyncpg.Record) -> dict[str, object]:
    fields = dict(row)
    decision = DecisionState.model_validate_json(fields.pop("decision"))
    fields["questions"] = [result for result in decision.criteria if result.outcome != "met"]
    return fields
