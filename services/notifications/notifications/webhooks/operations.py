"""Partners: registered, changed, told of the programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from notifications.deliveries import operations as deliveries
from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Claimed, NewDelivery, Outcome, RetryPolicy, delivery_id
from notifications.webhooks import store
from notifications.webhooks.domain import (
    SECRET_OVERLAP,
    Announcement,
    AnnouncementType,
    Interest,
    Partner,
    Standing,
    new_secret,
    wants,
)
from shared.contracts.registration import CatalogueMessage
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    """An announcement of an event, and what decides who is told."""

    announcement: Announcement
    type: AnnouncementType
    event_id: UUID
    interest: Interest


# Telling


async def announce_catalogue(
    connection: Connection, messages: Sequence[Received[CatalogueMessage]], *, public_url: str, now: datetime
) -> None:
    """Tell partners what was published or changed, and of what left the programme as soon as its copy is there."""
    news = [_news(message, public_url=public_url) for message in messages if message.body is not None]
    await _tell(connection, news, now=now)
    gone = [
        (str(message.id), _event_id(message), message.sequence, message.time)
        for message in messages
        if message.body is None
    ]
    if gone:
        await store.keep_withdrawals(connection, gone)
        await announce_withdrawals(connection, now=now)


async def announce_withdrawals(connection: Connection, *, now: datetime) -> None:
    """Tell partners of events that left the programme and whose copies are there."""
    news = [_withdrawn(withdrawal) for withdrawal in await store.take_withdrawals(connection)]
    await _tell(connection, news, now=now)


async def _tell(connection: Connection, news: Sequence[_News], *, now: datetime) -> None:
    partners = await store.all_enabled(connection) if news else []
    if not partners:
        return
    told = await store.told_before(connection, {each.event_id for each in news})
    new: list[NewDelivery] = []
    for each in sorted(news, key=lambda one: one.announcement.sequence):
        for partner in _listeners(partners, each, told):
            told.setdefault((each.event_id, partner.id), each.announcement.sequence)
            new.append(_delivery(each.announcement, partner.id))
    wanted = {delivery.message_id for delivery in new}
    await store.announce(connection, [each.announcement for each in news if each.announcement.message_id in wanted])
    await deliveries.record(connection, new, channel="webhook", now=now)


def _listeners(partners: Sequence[Partner], news: _News, told: Mapping[tuple[UUID, UUID], int]) -> list[Partner]:
    sequence = news.announcement.sequence
    return [
        partner
        for partner in partners
        if wants(
            partner,
            type_=news.type,
            interest=news.interest,
            told_before=told.get((news.event_id, partner.id), sequence) < sequence,
        )
    ]


def _delivery(announcement: Announcement, partner_id: UUID) -> NewDelivery:
    return NewDelivery(
        id=delivery_id(message_id=announcement.message_id, recipient_id=partner_id, channel="webhook"),
        message_id=announcement.message_id,
        recipient_id=partner_id,
        kind="webhook",
        event_id=announcement.event_id,
    )


def _news(message: Received[CatalogueMessage], *, public_url: str) -> _News:
    body = message.body
    assert body is not None
    event = body.event
    type_: AnnouncementType = "event.published" if body.change == "published" else "event.changed"
    data = {
        "event_id": str(event.id),
        "sequence": message.sequence,
        "page": f"{public_url.rstrip('/')}/{body.page.lstrip('/')}",
        "event": event.model_dump(mode="json", exclude_none=True),
    }
    place = event.place
    return _News(
        announcement=_announcement(
            str(message.id), type_, data, event_id=event.id, sequence=message.sequence, time=message.time
        ),
        type=type_,
        event_id=event.id,
        interest=Interest(event_type=event.type, departement=place.departement, region=place.region),
    )


def _withdrawn(withdrawal: store.Withdrawal) -> _News:
    data = {"event_id": str(withdrawal.event_id), "sequence": withdrawal.sequence}
    return _News(
        announcement=_announcement(
            withdrawal.message_id,
            "event.withdrawn",
            data,
            event_id=withdrawal.event_id,
            sequence=withdrawal.sequence,
            time=withdrawal.time,
        ),
        type="event.withdrawn",
        event_id=withdrawal.event_id,
        interest=withdrawal.interest,
    )


def _announcement(
    message_id: str, type_: str, data: Mapping[str, Any], *, event_id: UUID | None, sequence: int, time: datetime
) -> Announcement:
    body = orjson.dumps({"type": type_, "timestamp": time.isoformat(), "data": data}).decode()
    return Announcement(message_id=message_id, type=type_, event_id=event_id, sequence=sequence, body=body, time=time)


def _event_id(message: Received[CatalogueMessage]) -> UUID:
    try:
        return UUID(message.key)
    except ValueError:
        raise Refused(f"the key {message.key!r} is no event's id") from None


async def conclude_round(
    connection: Connection,
    *,
    endpoint_id: UUID,
    standing: Standing,
    outcomes: Sequence[tuple[Claimed, Outcome]],
    policy: RetryPolicy,
    now: datetime,
) -> None:
    """Write down a round of posts, and how the endpoint stands after it. One that is gone gets nothing more."""
    await store.stand(connection, endpoint_id=endpoint_id, standing=standing, now=now)
    await deliveries.conclude(connection, outcomes, policy=policy, now=now)
    if standing.gone_because:
        await give_up(connection, id_=endpoint_id, detail="the endpoint is disabled: it answered 410", now=now)
    elif standing.failures:
        # Nothing else is tried while the endpoint is away, so what has waited too long is given up with it.
        await deliveries.abandon_webhooks(
            connection,
            recipient_id=endpoint_id,
            queued_until=now - policy.give_up_after,
            detail="the endpoint was away for too long",
            now=now,
        )


# Partners


async def register(connection: Connection, *, wanted: Partner) -> tuple[Partner, str]:
    """Register an endpoint; answers it with the secret, which is shown this once."""
    secret = new_secret()
    return await store.create(connection, partner=wanted, secret=secret), secret


async def change(
    connection: Connection, *, id_: UUID, changes: Mapping[str, Any], enabled: bool | None, now: datetime
) -> Partner | None:
    """Change what is given; None where there is no such partner. Disabling gives up what is pending."""
    partner = await store.find(connection, id_=id_, lock=True)
    if partner is None:
        return None
    partner = replace(partner, **changes, changed_at=now)
    if enabled is True:
        partner = replace(partner, disabled_at=None, disabled_because=None)
    elif enabled is False and partner.disabled_at is None:
        partner = replace(partner, disabled_at=now, disabled_because="it was switched off")
        await give_up(connection, id_=id_, detail="the endpoint was switched off", now=now)
    return await store.change(connection, partner=partner)


async def rotate_secret(connection: Connection, *, id_: UUID, now: datetime) -> str | None:
    """Replace the secret; the old one signs too for a day. None where there is no such partner."""
    secret = new_secret()
    known = await store.rotate(connection, id_=id_, secret=secret, overlap_until=now + SECRET_OVERLAP, now=now)
    return secret if known else None


async def remove(connection: Connection, *, id_: UUID, now: datetime) -> bool:
    """Forget a partner; its log stays. Answers whether there was one."""
    await give_up(connection, id_=id_, detail="the endpoint was removed", now=now)
    return await store.delete(connection, id_=id_)


async def give_up(connection: Connection, *, id_: UUID, detail: str, now: datetime) -> None:
    """Finish as failed what is pending for a partner."""
    await deliveries.abandon_webhooks(connection, recipient_id=id_, queued_until=now, detail=detail, now=now)


async def send_test(connection: Connection, *, id_: UUID, now: datetime) -> UUID:
    """Queue a test webhook; answers the delivery's id."""
    message_id = str(new_id())
    announcement = _announcement(message_id, "test", {"partner_id": str(id_)}, event_id=None, sequence=0, time=now)
    delivery = _delivery(announcement, id_)
    await store.announce(connection, [announcement])
    await deliveries.record(connection, [delivery], channel="webhook", now=now)
    return delivery.id


async def replay(
    connection: Connection, *, id_: UUID, from_position: int | None, since: datetime | None, now: datetime
) -> int:
    """Queue a partner's finished deliveries again, from a place in the log or a time on; answers how many."""
    return await delivery_store.replay(connection, recipient_id=id_, from_position=from_position, since=since, now=now)
