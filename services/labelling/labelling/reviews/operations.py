"""Use cases of reviews: what the charter could not decide, a referent decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from labelling.decisions import operations as decisions
from labelling.domain import decision as rules
from labelling.reviews import store
from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Caller

Settled = Literal["labelled", "refused"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one event among many: its decision, or why there is none."""

    event_id: UUID
    decision: DecisionState | None = None
    problem: Problem | None = None


async def open_review(connection: Connection, event_id: UUID, *, caller: Caller) -> store.Review:
    """
    The review of an event that this caller may work at; locks its case until the transaction ends.

    404 when there never was one, 403 for another département's referent and for who decided before an appeal, 409 when
    it is open no longer.
    """
    review = await any_review(connection, event_id, caller=caller)
    if review.status == "decided":
        raise Problem(409, "Already decided", "Somebody has decided this review; see /v1/decisions?event_id=.")
    if review.status == "closed":
        raise Problem(
            409, "No longer in review", "The event was amended or withdrawn since; there is no more to decide."
        )
    if review.decided_before == caller.subject:
        raise Problem(403, "Not allowed", "The organiser appeals against your own decision: leave it to somebody else.")
    return review


async def any_review(connection: Connection, event_id: UUID, *, caller: Caller) -> store.Review:
    """The latest review of an event of the caller's territory; 404 or 403 as `open_review`. Locks its case."""
    review = await store.lock_latest(connection, event_id)
    if review is None:
        raise not_found("review of event", event_id)
    check_territory(caller, review.pending.departement)
    return review


def check_territory(caller: Caller, departement: str | None) -> None:
    """403 for a referent of other départements."""
    if caller.role == "referent" and departement not in caller.departements:
        own = ", ".join(caller.departements) or "none"
        place = f"département {departement}" if departement else "no département: it is for staff"
        raise Problem(403, "Not allowed", f"The event belongs to {place}; you are referent of {own}.")


def check_claim(review: store.Review, *, caller: Caller, now: datetime) -> None:
    """409 while somebody else has claimed it."""
    holder = review.holder(now)
    if holder is not None and holder != caller.subject:
        assert review.claimed_until is not None
        until = review.claimed_until.isoformat(timespec="seconds")
        raise Problem(
            409, "Claimed by somebody else", f"{holder} has it until {until}: wait, or ask for it to be handed over."
        )


async def settle(
    connection: Connection,
    event_id: UUID,
    *,
    verdict: Settled,
    reason: str,
    caller: Caller,
    now: datetime,
    revision: int | None = None,
) -> DecisionState:
    """
    Decide an event that waits for the committee, and publish that.

    `revision`: the one that was read; 409 when the event is another one by now. Else as `open_review`, `check_claim`.
    """
    review = await open_review(connection, event_id, caller=caller)
    check_claim(review, caller=caller, now=now)
    pending = review.pending
    if revision is not None and revision != pending.revision:
        error = FieldError("revision", f"It is revision {pending.revision} now", "Read the event again, then decide.")
        raise Problem(409, "The event has changed", "It was amended after you have read it.", errors=[error])
    decision = rules.review(
        pending=pending, verdict=verdict, reason=reason, referent=caller.subject, id_=new_id(), now=now
    )
    await store.end(connection, pending.id, now=now)
    await decisions.publish(connection, [decision], change="reviewed", now=now)
    return decision


async def settle_many(
    connection: Connection,
    event_ids: Sequence[UUID],
    *,
    verdict: Settled,
    reason: str,
    caller: Caller,
    now: datetime,
) -> list[Result]:
    """Decide each of these events as `settle` does; one that cannot be decided keeps no other from it."""
    results: dict[UUID, Result] = {}
    for event_id in sorted(event_ids):  # the order in which all lock cases
        try:
            decision = await settle(connection, event_id, verdict=verdict, reason=reason, caller=caller, now=now)
            results[event_id] = Result(event_id=event_id, decision=decision)
        except Problem as problem:
            results[event_id] = Result(event_id=event_id, problem=problem)
    return [results[event_id] for event_id in event_ids]
