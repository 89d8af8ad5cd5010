"""HTTP routes of decisions: what was decided, and why, in plain words."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from labelling.charters import operations as charters
from labelling.decisions import store
from labelling.domain.explanation import Explanation, explain
from shared.contracts.base import Language
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])
Reader = Annotated[Caller, Depends(require("staff", "referent", "organiser"))]
_MOST = 200


class Decisions(BaseModel):
    """All decisions on an event, the latest first: the first one holds."""

    decisions: list[DecisionState]


@router.get("")
async def list_decisions(
    connection: Reading,
    caller: Reader,
    event_id: Annotated[UUID, Query(examples=["0197a1f0-5b1e-7c3a-9d52-6f0e8a4b2c11"])],
) -> Decisions:
    """The decisions on an event. Organisers see those on their own events."""
    organiser_id = _own_id(caller)
    return Decisions(decisions=await store.read_of_event(connection, event_id, organiser_id=organiser_id, limit=_MOST))


@router.get("/{decision_id}")
async def get_decision(decision_id: UUID, connection: Reading, caller: Reader) -> DecisionState:
    """One decision with the verdict and reason of every criterion. Organisers see those on their own events."""
    return await visible(connection, decision_id, caller)


@router.get("/{decision_id}/explanation")
async def explain_decision(
    decision_id: UUID,
    connection: Reading,
    caller: Reader,
    language: Annotated[Language, Query(description="Language of the words")] = "fr",
) -> Explanation:
    """A decision in plain words: the verdict, who decided when by which charter, and every criterion."""
    decision = await visible(connection, decision_id, caller)
    charter = await charters.read(connection, decision.charter_version)
    assert charter is not None  # the database keeps every version that a decision names
    return explain(decision=decision, charter=charter, language=language)


async def visible(connection: Connection, decision_id: UUID, caller: Caller) -> DecisionState:
    """A decision that the caller may see; 404 otherwise."""
    decision = await store.read(connection, decision_id)
    if decision is None or _own_id(caller) not in {None, decision.organiser_id}:
        raise not_found("decision", decision_id)
    return decision


def _own_id(caller: Caller) -> UUID | None:
    """Whose decisions the caller may see; None for all."""
    if caller.role != "organiser":
        return None
    try:
        return UUID(caller.subject)
    except ValueError:
        raise Problem(403, "Not allowed", "Your token names no organiser: ask for a new one.") from None
