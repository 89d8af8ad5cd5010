"""HTTP routes of claims and comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from labelling.claims import operations
from labelling.reviews.api import Committee
from labelling.reviews.shown import WholeReview, whole_review
from labelling.reviews.words import Subject, Words
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])


class Handover(BaseModel):
    """Who goes on with a review."""

    model_config = ConfigDict(extra="forbid")
    to: Subject = Field(description="The subject of their token", examples=["referent-67-b"])
    text: Words = Field(description="A word for them", examples=["L’organisateur rappelle demain."])


class Comment(BaseModel):
    """Something that the committee should know; organisers do not see it."""

    model_config = ConfigDict(extra="forbid")
    text: Words = Field(examples=["Le site est classé : la visite passe par l’atelier de production."])


@router.post("/{event_id}/claim", responses={409: {"description": "Claimed by somebody else, or open no longer"}})
async def claim_review(event_id: UUID, caller: Committee, once: Once) -> WholeReview:
    """Have a review for yourself for 30 minutes. Claim it again for 30 minutes more."""

    async def claim(connection: Connection) -> Answer:
        now = await now_by(connection)
        await operations.claim(connection, event_id, caller=caller, now=now)
        return Answer(body=await whole_review(connection, event_id, now=now))

    return await once(claim)  # type: ignore[return-value] # a response as it is


@router.post("/{event_id}/release", responses={409: {"description": "Claimed by somebody else, or open no longer"}})
async def release_review(event_id: UUID, caller: Committee, once: Once) -> WholeReview:
    """Leave a review that you have claimed to the others. Staff may release anybody's."""

    async def release(connection: Connection) -> Answer:
        now = await now_by(connection)
        await operations.release(connection, event_id, caller=caller, now=now)
        return Answer(body=await whole_review(connection, event_id, now=now))

    return await once(release)  # type: ignore[return-value] # a response as it is


@router.post("/{event_id}/handover", responses={409: {"description": "Claimed by somebody else, or open no longer"}})
async def hand_over_review(
    event_id: UUID, handover: Annotated[Handover, Body()], caller: Committee, once: Once
) -> WholeReview:
    """Give a review to somebody else of the committee, with a word. They have it for a day."""

    async def hand_over(connection: Connection) -> Answer:
        now = await now_by(connection)
        await operations.hand_over(connection, event_id, to=handover.to, text=handover.text, caller=caller, now=now)
        return Answer(body=await whole_review(connection, event_id, now=now))

    return await once(hand_over)  # type: ignore[return-value] # a response as it is


@router.post("/{event_id}/comments", status_code=201)
async def comment_review(
    event_id: UUID, comment: Annotated[Comment, Body()], caller: Committee, once: Once
) -> WholeReview:
    """Say something to the others of the committee."""

    async def say(connection: Connection) -> Answer:
        now = await now_by(connection)
        await operations.comment(connection, event_id, text=comment.text, caller=caller, now=now)
        return Answer(body=await whole_review(connection, event_id, now=now), status=201)

    return await once(say)  # type: ignore[return-value] # a response as it is
