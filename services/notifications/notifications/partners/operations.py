"""Partners: registered, changed, tested, served again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.deliveries import operations as deliveries
from notifications.deliveries import store as delivery_store
from notifications.digests import store as digests
from notifications.digests.of_partners.domain import contact_of
from notifications.partners import store
from notifications.partners.domain import SECRET_OVERLAP, Partner, new_secret
from notifications.webhooks import operations as webhooks
from shared.runtime.database import Connection


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
    await store.find(connection, id_=id_, lock=True)  # before its deliveries, as who concludes a round takes them
    await give_up(connection, id_=id_, detail="the endpoint was removed", now=now)
    await digests.erase(connection, [contact_of(id_)])
    return await store.delete(connection, id_=id_)


async def give_up(connection: Connection, *, id_: UUID, detail: str, now: datetime) -> None:
    """Finish as failed what is pending for a partner."""
    await deliveries.abandon_webhooks(connection, recipient_id=id_, queued_until=now, detail=detail, now=now)


async def send_test(connection: Connection, *, id_: UUID, now: datetime) -> UUID:
    """Queue a test webhook; answers the delivery's id."""
    return await webhooks.announce_test(connection, partner_id=id_, now=now)


async def replay(
    connection: Connection, *, id_: UUID, from_position: int | None, since: datetime | None, now: datetime
) -> int:
    """Queue a partner's finished deliveries again, from a place in the log or a time on; answers how many."""
    return await delivery_store.replay(connection, recipient_id=id_, from_position=from_position, since=since, now=now)


async def replay_one(connection: Connection, *, id_: UUID, delivery_id: UUID, now: datetime) -> bool:
    """Queue one finished delivery of a partner again; answers whether it was one."""
    return await delivery_store.replay_one(connection, recipient_id=id_, delivery_id=delivery_id, now=now)
