"""Webhooks: who is told what of the programme, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import Claimed, NewDelivery, Outcome, RetryPolicy, delivery_id
from notifications.partners import store as partner_store
from notifications.partners.domain import Partner, wants
from notifications.webhooks import store
from notifications.webhooks.domain import Announcement, Standing, Withdrawal
from notifications.webhooks.news import OF_ACTS, News, published_or_changed, test_of, withdrawn
from shared.contracts.registration import ActKind, CatalogueMessage
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id


async def announce_catalogue(
    connection: Connection, messages: Sequence[Received[CatalogueMessage]], *, public_url: str, now: datetime
) -> None:
    """Tell partners what was published or changed, and of what left the programme as soon as its copy is there."""
    news = await _news(connection, [each for each in messages if each.body is not None], public_url=public_url)
    await _tell(connection, news, now=now)
    gone = [_withdrawal(message) for message in messages if message.body is None]
    if gone:
        await store.keep_withdrawals(connection, gone)
        await announce_withdrawals(connection, now=now)


async def _news(
    connection: Connection, messages: Sequence[Received[CatalogueMessage]], *, public_url: str
) -> list[News]:
    """In the order of their sequences, so that each knows which acts were told before it."""
    after_acts = {each.body.event.id for each in messages if each.body and each.body.event.act_number}
    known = await store.acts_told(connection, after_acts)
    news = []
    for message in sorted(messages, key=lambda one: one.sequence):
        told = known.setdefault(message.key, {})
        known_act = max((act for sequence, act in told.items() if sequence < message.sequence), default=0)
        news.append(published_or_changed(message, public_url=public_url, known_act=known_act))
        told[message.sequence] = news[-1].announcement.act_number
    return news


async def announce_withdrawals(connection: Connection, *, now: datetime) -> None:
    """Tell partners of events that left the programme and whose copies, which say whom to tell, are there."""
    taken = await store.take_withdrawals(connection)
    await _tell(connection, [withdrawn(withdrawal, interest=interest) for withdrawal, interest in taken], now=now)


async def hearers(connection: Connection, *, edition_id: str, act: ActKind) -> int:
    """How many partners' endpoints an act on the edition would be announced to, as things are."""
    partners = await partner_store.all_enabled(connection)
    interests, told = await store.programme(connection, edition_id=edition_id) if partners else ([], set())
    return sum(
        any(wants(each, type_=OF_ACTS[act], interest=one, told_before=each.id in told) for one in interests)
        for each in partners
    )


async def announce_test(connection: Connection, *, partner_id: UUID, now: datetime) -> UUID:
    """Queue a test webhook; answers the delivery's id."""
    announcement = test_of(partner_id, message_id=str(new_id()), now=now)
    delivery = _delivery(announcement, partner_id)
    await store.announce(connection, [announcement])
    await deliveries.record(connection, [delivery], channel="webhook", now=now)
    return delivery.id


async def _tell(connection: Connection, news: Sequence[News], *, now: datetime) -> None:
    """Keep all news, also what nobody wants to hear: that nothing was lost can be proved by it."""
    if not news:
        return
    partners = await partner_store.all_enabled(connection)
    told = await store.told_before(connection, {each.event_id for each in news}) if partners else {}
    new: list[NewDelivery] = []
    for each in sorted(news, key=lambda one: one.announcement.sequence):
        for partner in _listeners(partners, each, told):
            told.setdefault((each.event_id, partner.id), each.announcement.sequence)
            new.append(_delivery(each.announcement, partner.id))
    await store.announce(connection, [each.announcement for each in news])
    await deliveries.record(connection, new, channel="webhook", now=now)


def _listeners(partners: Sequence[Partner], news: News, told: Mapping[tuple[UUID, UUID], int]) -> list[Partner]:
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


def _withdrawal(message: Received[CatalogueMessage]) -> Withdrawal:
    try:
        event_id = UUID(message.key)
    except ValueError:
        raise Refused(f"the key {message.key!r} is no event's id") from None
    return Withdrawal(message_id=str(message.id), event_id=event_id, sequence=message.sequence, time=message.time)


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
        await deliveries.abandon_webhooks(
            connection,
            recipient_id=endpoint_id,
            queued_until=now,
            detail="the endpoint is disabled: it answered 410",
            now=now,
        )
    elif standing.failures:
        # Nothing else is tried while the endpoint is away, so what has waited too long is given up with it.
        await deliveries.abandon_webhooks(
            connection,
            recipient_id=endpoint_id,
            queued_until=now - policy.give_up_after,
            detail="the endpoint was away for too long",
            now=now,
        )
