"""What failed for good is sent again because somebody asks for it: a mail or a webhook, under the id that it had."""

from datetime import datetime
from uuid import UUID

from notifications.deliveries import store
from notifications.mails import store as mails
from notifications.partners import store as partners
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found


async def send_again(connection: Connection, *, id_: UUID, seen: int | None = None, now: datetime) -> bool:
    """
    Queue it again, and try an address again that has refused too many mails; answers whether there was anything to do.

    `seen`: the delivery's sequence as whoever asks has seen it, so that asking twice sends once. Raises `Problem`: 404
    without such a delivery, 409 where its recipient is no more or the endpoint is switched off.
    """
    delivery = await store.find(connection, id_=id_)
    if delivery is None:
        raise not_found("delivery", id_)
    recipient = delivery.recipient_id
    if delivery.channel == "webhook":
        partner = await partners.find(connection, id_=recipient, lock=True)
        if partner is None or partner.disabled_at is not None:
            raise Problem(409, "Nobody takes it", "The endpoint is switched off or removed: switch it on first.")
    queued = await store.send_again(connection, id_=id_, seen=seen, now=now)
    if queued and delivery.channel == "email":
        await mails.try_again(connection, contact_id=recipient)
    return queued
