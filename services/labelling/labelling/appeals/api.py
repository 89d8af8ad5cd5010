"""HTTP routes of appeals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from labelling.appeals import operations
from labelling.decisions.api import visible
from labelling.reviews.words import Words
from shared.contracts.labelling import DecisionState
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/decisions", tags=["appeals"])
Appellant = Annotated[Caller, Depends(require("staff", "organiser"))]


class Appeal(BaseModel):
    """Why an organiser does not agree."""

    model_config = ConfigDict(extra="forbid")
    reason: Words = Field(
        description="For the committee alone. Name nobody.",
        examples=["L’entrée est libre : le prix indiqué était celui du repas, qui est facultatif."],
    )


@router.post(
    "/{decision_id}/appeal",
    status_code=201,
    responses={409: {"description": "No refusal, not what holds any more, or appealed already"}},
)
async def appeal_decision(
    decision_id: UUID, appeal: Annotated[Appeal, Body()], caller: Appellant, once: Once
) -> DecisionState:
    """
    Appeal against a refusal: its organiser, or staff for them.

    Once for each revision of the event and version of the charter. Who has not decided before decides then; the answer
    says by when. It is final.
    """

    async def ask(connection: Connection) -> Answer:
        refused = await visible(connection, decision_id, caller)
        decision = await operations.appeal(connection, refused, reason=appeal.reason, now=await now_by(connection))
        return Answer(body=decision, status=201, headers={"Location": f"/v1/decisions/{decision.id}"})

    return await once(ask)  # type: ignore[return-value] # a response as it is
