"""Use cases of digests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import NewDelivery, delivery_id
from notifications.digests import store
from notifications.digests.domain import Digest, Waiting, next_due, today
from notifications.digests.of_partners import operations as of_partners
from notifications.mails.domain import DigestContent, DigestItem, PartnerDigestContent
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
    """Queue digests that are due; answers whether there may be more. Whom there is nothing to tell gets no mail."""
    await of_partners.forget_unconfirmed(connection, now=now)
    due = await store.take_due(connection, now=now, limit=_AT_ONCE)
    for digest in due:
        content, until = await _news(connection, digest, now=now)
        if content is not None:
            await deliveries.record(connection, [_delivery(digest, content)], channel="email", now=now)
        due_at = next_due(digest.every, after=now)
        await store.told(connection, digest.contact_id, until=until, due_at=due_at)
    return len(due) == _AT_ONCE


async def _news(
    connection: Connection, digest: Digest, *, now: datetime
) -> tuple[DigestContent | PartnerDigestContent | None, datetime]:
    """What there is to tell, and up to when that is."""
    if digest.partner_id is not None:
        content = await of_partners.content_of(connection, digest, now=now)
        return content, of_partners.told_until(digest, now=now)
    waiting = await store.waiting(connection, digest.departements)
    return content_of(digest, waiting, now=now) if waiting else None, now


def _delivery(digest: Digest, content: DigestContent | PartnerDigestContent) -> NewDelivery:
    message_id = f"digest/{digest.contact_id}/{digest.told_until.isoformat()}"
    return NewDelivery(
        id=delivery_id(message_id=message_id, recipient_id=digest.contact_id, channel="email"),
        message_id=message_id,
        recipient_id=digest.contact_id,
        kind="digest" if digest.partner_id is None else "partner_digest",
        event_id=None,
        content=content.model_dump(mode="json"),
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
