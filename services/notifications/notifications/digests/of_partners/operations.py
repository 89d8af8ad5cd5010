"""Use cases of partners' digests: wanted, confirmed by the mailed link, told."""

import secrets
from datetime import datetime
from uuid import UUID

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import NewDelivery, delivery_id
from notifications.digests import store as digests
from notifications.digests.domain import Digest, Every, next_due
from notifications.digests.of_partners import store
from notifications.digests.of_partners.domain import (
    BETWEEN_CODES,
    CODE_LIFETIME,
    SETTLED,
    Told,
    Wish,
    became,
    contact_of,
    digest_of,
    worth_telling,
)
from notifications.mails.domain import AccessContent, PartnerDigestContent, PartnerDigestItem
from shared.contracts.base import Language
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem

_MOST_LISTED = 30
_CODE_BYTES = 24


async def want(
    connection: Connection, partner_id: UUID, *, email: str, every: Every, language: Language, now: datetime
) -> Wish:
    """
    Keep where a partner's digest goes and how often. An address that has not said yes gets the question first.

    429 where the same partner had a question sent a moment ago.
    """
    before = await store.read(connection, partner_id)
    confirmed = before is not None and before.confirmed and before.email.lower() == email.lower()
    if before is not None and not confirmed:
        _check_patience(before, now=now)
    contact_id = contact_of(partner_id)
    await store.save(
        connection,
        contact_id,
        partner_id=partner_id,
        email=email,
        language=language,
        every=every,
        due_at=next_due(every, after=now),
        now=now,
    )
    if not confirmed:
        await _ask(connection, contact_id, now=now)
    wish = await store.read(connection, partner_id)
    assert wish is not None
    return wish


def _check_patience(wish: Wish, *, now: datetime) -> None:
    if wish.asked_at is None or now >= wish.asked_at + BETWEEN_CODES:
        return
    seconds = int((wish.asked_at + BETWEEN_CODES - now).total_seconds()) + 1
    error = FieldError("email", "A confirmation was mailed a moment ago", f"Wait {seconds} seconds, or use its link.")
    raise Problem(429, "Not so often", errors=[error], headers={"Retry-After": str(seconds)})


async def _ask(connection: Connection, contact_id: UUID, *, now: datetime) -> None:
    code, until = secrets.token_urlsafe(_CODE_BYTES), now + CODE_LIFETIME
    await digests.drop_pending(connection, [contact_id])
    await store.ask(connection, contact_id, code=digest_of(code), until=until, now=now)
    message_id = f"digest/{contact_id}/confirmation/{now.isoformat()}"
    delivery = NewDelivery(
        id=delivery_id(message_id=message_id, recipient_id=contact_id, channel="email"),
        message_id=message_id,
        recipient_id=contact_id,
        kind="digest_confirmation",
        event_id=None,
        content=AccessContent(code=code, expires_at=until).model_dump(mode="json"),
    )
    await deliveries.record(connection, [delivery], channel="email", now=now)


async def confirm(connection: Connection, code: str, *, now: datetime) -> tuple[Every, datetime]:
    """Say yes to a digest; answers how often it comes, and when first. Raises `Problem` (403)."""
    found = await store.confirm(connection, digest_of(code), now=now)
    if found is None:
        raise Problem(
            403, "The code is not valid", "It was used already, or is older than three days: ask for another."
        )
    due_at = next_due(found["every"], after=now)
    await store.set_due(connection, found["contact_id"], due_at=due_at)
    return found["every"], due_at


async def forget_unconfirmed(connection: Connection, *, now: datetime) -> None:
    """An address that has not said yes in time is erased."""
    if gone := await store.unconfirmed(connection, now=now):
        await digests.erase(connection, gone)


async def content_of(connection: Connection, digest: Digest, *, now: datetime) -> PartnerDigestContent | None:
    """What there is to tell a partner; None where that is nothing."""
    assert digest.partner_id is not None
    name = await store.name_of(connection, digest.partner_id)
    until = told_until(digest, now=now)
    told = await store.told(connection, digest.partner_id, after=digest.told_until, until=until)
    standing = await store.standing(connection, digest.partner_id, after=digest.told_until, until=until)
    if name is None or not worth_telling(told, standing):
        return None
    return PartnerDigestContent(
        every=digest.every,
        partner_id=digest.partner_id,
        partner=name,
        new=_count(told, "new"),
        changed=_count(told, "changed"),
        cancelled=_count(told, "cancelled"),
        accepted=standing.accepted,
        failing=standing.failing,
        dead=standing.dead,
        items=tuple(
            PartnerDigestItem(
                event_id=each.event_id, title=each.title, departement=each.departement, became=became(each.types)
            )
            for each in told[-_MOST_LISTED:]
        ),
    )


def told_until(digest: Digest, *, now: datetime) -> datetime:
    """Up to when a digest tells: what is younger may still be on its way into the database."""
    return max(digest.told_until, now - SETTLED)


def _count(told: list[Told], what: str) -> int:
    return sum(became(each.types) == what for each in told)
