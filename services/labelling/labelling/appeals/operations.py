"""Use cases of appeals: an organiser may ask once that somebody else looks at a refusal."""

from datetime import datetime

import asyncpg

from labelling.appeals import store
from labelling.charters import operations as charters
from labelling.decisions import operations as decisions
from labelling.domain import decision as rules
from labelling.domain.working_days import review_due_on
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem
from shared.runtime.identifiers import new_id


async def appeal(connection: Connection, refused: DecisionState, *, reason: str, now: datetime) -> DecisionState:
    """
    Put a refused event before the committee, and publish that.

    409 when the decision is no refusal, holds no longer, or was made after an appeal.
    """
    case = await store.read_case(connection, refused.event_id, lock=True)
    if refusal := await _refusal(connection, refused, case):
        raise refusal
    charter = await charters.read(connection, refused.charter_version)
    assert charter is not None  # the database keeps every version that a decision names
    due_on = review_due_on(
        since=now,
        time_zone=case["time_zone"],
        departement=refused.departement,
        working_days=charter.review_working_days,
    )
    decision = rules.appeal(refused=refused, due_on=due_on, id_=new_id(), now=now)
    await decisions.publish(connection, [decision], change="decided", now=now)
    await store.keep(connection, decision.id, reason=reason, decided_before=refused.referent)
    return decision


async def why_not(connection: Connection, decision: DecisionState) -> Problem | None:
    """Why there can be no appeal against a decision; None where there can."""
    return await _refusal(connection, decision, await store.read_case(connection, decision.event_id))


async def _refusal(connection: Connection, refused: DecisionState, case: asyncpg.Record) -> Problem | None:
    if refused.verdict != "refused":
        return Problem(409, "Nothing to appeal against", "Only a refusal can be appealed against.")
    if refused.appeal or await store.has_appealed(connection, refused):
        return Problem(409, "Appealed already", "There is one appeal: amend the event, then it is judged anew.")
    if case["decision_id"] != refused.id or case["revision"] != refused.revision or case["withdrawn"]:
        return Problem(409, "No longer what holds", "The event was amended, withdrawn or decided again since.")
    return None
