"""Mails: which messages make which notices."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import NewDelivery, delivery_id
from notifications.digests import store as digests
from notifications.mails.domain import (
    Notice,
    ReceiptContent,
    access_notice,
    act_notice,
    confirmation_notice,
    decision_notice,
    waiting_notice,
)
from shared.contracts.labelling import DecisionMessage
from shared.contracts.registration import (
    ContactMessage,
    EventMessage,
    NoticeMessage,
    ParticipationMessage,
    WaitingMessage,
)
from shared.runtime.database import Connection
from shared.runtime.decoding import Received


async def acknowledge_submissions(
    connection: Connection, messages: Sequence[Received[EventMessage]], *, now: datetime
) -> None:
    """A receipt for each submission and each change of one, unless it came by a bulk import."""
    await _queue(connection, (_receipt(message) for message in messages), now=now)


async def tell_decisions(
    connection: Connection, messages: Sequence[Received[DecisionMessage]], *, now: datetime
) -> None:
    """Each decision that changes something for its organiser: labelled, refused with reasons, in review until when."""
    notices = (
        decision_notice(message_id=str(message.id), decision=message.body.decision)
        for message in messages
        if message.body and message.body.notify
    )
    await _queue(connection, notices, now=now)


async def confirm_sign_ups(
    connection: Connection, messages: Sequence[Received[ParticipationMessage]], *, now: datetime
) -> None:
    """A confirmation of each sign-up to whoever wants one; most do not."""
    await _queue(connection, (_confirmation(message) for message in messages), now=now)


async def send_access(connection: Connection, messages: Sequence[Received[ContactMessage]], *, now: datetime) -> None:
    """The single-use code to each who asked for access, or for their own data."""
    await _queue(connection, [await _access(connection, message) for message in messages], now=now)


async def tell_acts(connection: Connection, messages: Sequence[Received[NoticeMessage]], *, now: datetime) -> None:
    """What each person has to hear of a postponement or cancellation: one mail."""
    await _queue(connection, (act_notice(message.body) for message in messages if message.body), now=now)


async def tell_waiting(connection: Connection, messages: Sequence[Received[WaitingMessage]], *, now: datetime) -> None:
    """What people who wait for a place have to hear: their turn, an offer, the end of one."""
    notices = (waiting_notice(message_id=str(each.id), message=each.body) for each in messages if each.body)
    await _queue(connection, notices, now=now)


def _receipt(message: Received[EventMessage]) -> Notice | None:
    body = message.body
    if body is None or not body.notify or body.change not in {"submitted", "amended"}:
        return None
    return Notice(
        message_id=str(message.id),
        recipient_id=body.event.organiser.id,
        kind="receipt",
        content=ReceiptContent(amended=body.change == "amended"),
        event_id=body.event.id,
        revision=body.event.revision,
    )


def _confirmation(message: Received[ParticipationMessage]) -> Notice | None:
    body = message.body
    if body is None or body.participation is None or body.change != "signed_up":
        return None
    return confirmation_notice(
        message_id=str(message.id), event_id=body.guest_list.event_id, participation=body.participation
    )


async def _access(connection: Connection, message: Received[ContactMessage]) -> Notice | None:
    body = message.body
    if body is None or body.change != "access_requested" or body.access is None:
        return None
    own = body.access.purpose == "own_data"
    found = await digests.kept_under(connection, body.contact.email) if own else []
    return access_notice(
        message_id=str(message.id),
        recipient_id=body.contact.id,
        access=body.access,
        digests=tuple(each["every"] for each in found),
    )


async def _queue(connection: Connection, notices: Iterable[Notice | None], *, now: datetime) -> None:
    new = [
        NewDelivery(
            id=delivery_id(message_id=notice.message_id, recipient_id=notice.recipient_id, channel="email"),
            message_id=notice.message_id,
            recipient_id=notice.recipient_id,
            kind=notice.kind,
            event_id=notice.event_id,
            revision=notice.revision,
            content=notice.content.model_dump(mode="json"),
            edition_id=notice.edition_id,
            act_number=notice.act_number,
        )
        for notice in notices
        if notice is not None
    ]
    await deliveries.record(connection, new, channel="email", now=now)
