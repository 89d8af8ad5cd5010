"""Use cases of digests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import NewDelivery, delivery_id
from notifications.digests import store
from notifications.digests.domain import Digest, Waiting, next_due, today
from notifications.mails.domain import DigestContent, DigestItem
from shared.contracts.labelling import DecisionMessage
from shared.runtime.database import Connection
from shared.runtime.decoding import Received

_AT_ONCE = 50
_MOST_LISTED = 30


async def keep_reviews(connection: Connection, latest: Sequence[Received[DecisionMessage]]) -> None:
    """Keep what waits for the committee, by the latest decision on each event."""
    decisions = sorted((each.body.decision for each in latest if each.body), key=lambda each: each.event_id)
    await store.keep_reviews(
        connection,
        [each for each in decisions if each.verdict == "in_review"],
        [each.event_id for each in decisions if each.verdict != "in_review"],
    )


async def tell(connection: Connection, *, now: datetime) -> bool:
    """Queue digests that are due; answers whether there may be more. Who has nothing waiting gets no mail."""
    due = await store.take_due(connection, now=now, limit=_AT_ONCE)
    for digest in due:
        waiting = await store.waiting(connection, digest.departements)
        if waiting:
            await deliveries.record(connection, [_delivery(digest, waiting, now=now)], channel="email", now=now)
        await store.told(connection, digest.contact_id, now=now, due_at=next_due(digest.every, after=now))
    return len(due) == _AT_ONCE


def _delivery(digest: Digest, waiting: Sequence[Waiting], *, now: datetime) -> NewDelivery:
    message_id = f"digest/{digest.contact_id}/{digest.told_until.isoformat()}"
    return NewDelivery(
        id=delivery_id(message_id=message_id, recipient_id=digest.contact_id, channel="email"),
        message_id=message_id,
        recipient_id=digest.contact_id,
        kind="digest",
        event_id=None,
        content=content_of(digest, waiting, now=now).model_dump(mode="json"),
    )


def content_of(digest: Digest, waiting: Sequence[Waiting], *, now: datetime) -> DigestContent:
    """What waits, late first; `due`: until tomorrow, or for a weekly digest within the week."""
    day = today(now)
    until = day + timedelta(days=1 if digest.every == "day" else 6)
    return DigestContent(
        every=digest.every,
        late=sum(each.due_on is not None and each.due_on < day for each in waiting),
        due=sum(each.due_on is not None and day <= each.due_on <= until for each in waiting),
        new=sum(each.since > digest.told_until for each in waiting),
        waiting=len(waiting),
        items=tuple(
            DigestItem(
                event_id=each.event_id,
                title=each.title,
                departement=each.departement,
                due_on=each.due_on,
                late=each.due_on is not None and each.due_on < day,
                new=each.since > digest.told_until,
            )
            for each in waiting[:_MOST_LISTED]
        ),
    )
