"""Use cases of reviews: what the charter could not decide, a referent decides."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from labelling.decisions import operations as decisions
from labelling.domain import decision as rules
from labelling.reviews import store
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Caller


async def settle(
    connection: Connection,
    event_id: UUID,
    *,
    verdict: Literal["labelled", "refused"],
    reason: str,
    caller: Caller,
    now: datetime,
) -> DecisionState:
    """
    Decide an event that waits for the committee, and publish that.

    404 when it never did, 403 for another département's referent, 409 when it does no longer.
    """
    latest = await store.lock_latest(connection, event_id)
    if latest is None:
        raise not_found("review of event", event_id)
    status, pending = latest
    if caller.role == "referent" and (caller.departement is None or caller.departement != pending.departement):
        place = f"département {pending.departement}" if pending.departement else "no département: it is for staff"
        raise Problem(403, "Not allowed", f"The event belongs to {place}; you are referent of {caller.departement}.")
    if status == "decided":
        raise Problem(409, "Already decided", "Somebody has decided this review; see /v1/decisions?event_id=.")
    if status == "closed":
        raise Problem(
            409, "No longer in review", "The event was amended or withdrawn since; there is no more to decide."
        )
    decision = rules.review(
        pending=pending, verdict=verdict, reason=reason, referent=caller.subject, id_=new_id(), now=now
    )
    await store.end(connection, pending.id, now=now)
    await decisions.publish(connection, [decision], change="reviewed", now=now)
    return decision
