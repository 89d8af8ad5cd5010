"""Use cases of claims: whoever works at a review has it alone for a while, and what is said about it."""

from datetime import datetime, timedelta
from uuid import UUID

from labelling.claims import store
from labelling.reviews import operations as reviews
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Caller

LEASE = timedelta(minutes=30)
HANDED_OVER_FOR = timedelta(hours=24)
"""Longer: whoever gets it may not be there."""


async def claim(connection: Connection, event_id: UUID, *, caller: Caller, now: datetime) -> None:
    """Have a review for oneself for a while, or for a while more. 409 while somebody else has it."""
    review = await reviews.open_review(connection, event_id, caller=caller)
    reviews.check_claim(review, caller=caller, now=now)
    await store.claim(connection, review.pending.id, by=caller.subject, until=now + LEASE)


async def release(connection: Connection, event_id: UUID, *, caller: Caller, now: datetime) -> None:
    """Leave a review to the others. Staff may release what somebody else has claimed."""
    review = await reviews.open_review(connection, event_id, caller=caller)
    if caller.role != "staff":
        reviews.check_claim(review, caller=caller, now=now)
    await store.claim(connection, review.pending.id, by=None, until=None)


async def hand_over(
    connection: Connection, event_id: UUID, *, to: str, text: str, caller: Caller, now: datetime
) -> None:
    """Give a review to somebody else, with a word. Who has not claimed it may if nobody has; staff may always."""
    review = await reviews.open_review(connection, event_id, caller=caller)
    if caller.role != "staff":
        reviews.check_claim(review, caller=caller, now=now)
    if to == review.decided_before:
        error = FieldError("to", "The appeal is against a decision of theirs", "Choose somebody else.")
        raise Problem(422, "Not theirs to decide", "An appeal is decided by somebody else.", errors=[error])
    await store.claim(connection, review.pending.id, by=to, until=now + HANDED_OVER_FOR)
    await store.comment(
        connection, id_=new_id(), event_id=event_id, author=caller.subject, handed_to=to, text=text, now=now
    )


async def comment(connection: Connection, event_id: UUID, *, text: str, caller: Caller, now: datetime) -> None:
    """Say something about an event to the others of the committee; also after the decision, and before an appeal's."""
    await reviews.any_review(connection, event_id, caller=caller)
    await store.comment(connection, id_=new_id(), event_id=event_id, author=caller.subject, text=text, now=now)
