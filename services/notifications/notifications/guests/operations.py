"""
Who has signed up: each hears once of the day before, of a move, and of a withdrawal by the organiser.

All of it is looked for in rounds, in what the copies say: so it does not matter which topic brought its news first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.deliveries import operations as deliveries
from notifications.deliveries.domain import NewDelivery, delivery_id
from notifications.guests import store
from notifications.guests.domain import Changed, Due, SignUp
from notifications.mails.domain import CalledOffContent, MailContent, MovedContent, ReminderContent
from shared.contracts.notifications import MailKind
from shared.contracts.registration import ParticipationMessage
from shared.runtime.database import Connection
from shared.runtime.decoding import Received

_AT_ONCE = 1000


async def keep_sign_ups(connection: Connection, messages: Sequence[Received[ParticipationMessage]]) -> None:
    """Keep the newest state of each sign-up of somebody who can be written to."""
    newest: dict[object, SignUp] = {}
    for message in messages:
        sign_up = _sign_up(message)
        if sign_up and (sign_up.id not in newest or newest[sign_up.id].sequence < sign_up.sequence):
            newest[sign_up.id] = sign_up
    if newest:
        await store.keep(connection, list(newest.values()))


async def remind(connection: Connection, *, now: datetime) -> bool:
    """Queue reminders that are due; answers whether there may be more."""
    due = await store.take_due(connection, now=now, limit=_AT_ONCE)
    await deliveries.record(connection, [_reminder(each) for each in due], channel="email", now=now)
    return len(due) == _AT_ONCE


async def call_off(connection: Connection, *, now: datetime) -> bool:
    """Queue what guests of withdrawn events have to hear; answers whether there may be more."""
    due = await store.take_called_off(connection, now=now, limit=_AT_ONCE)
    await deliveries.record(connection, [_called_off(each) for each in due if each.untold], channel="email", now=now)
    return len(due) == _AT_ONCE


async def tell_moves(connection: Connection, *, after: timedelta, now: datetime) -> bool:
    """
    Queue what guests of moved events have to hear, once these have stayed as they are for so long.

    Answers whether there may be more.
    """
    await store.know_moves(connection)
    due = await store.take_moved(connection, unchanged_since=now - after, now=now, limit=_AT_ONCE)
    await deliveries.record(connection, [_moved(each) for each in due if each.untold], channel="email", now=now)
    return len(due) == _AT_ONCE


def _sign_up(message: Received[ParticipationMessage]) -> SignUp | None:
    body = message.body
    if body is None or body.participation is None or body.participation.contact_id is None:
        return None
    return SignUp(
        id=body.participation.id,
        event_id=body.guest_list.event_id,
        contact_id=body.participation.contact_id,
        people=body.participation.people,
        active=body.participation.status == "active",
        signed_up_at=body.participation.signed_up_at,
        sequence=message.sequence,
    )


def _reminder(due: Due) -> NewDelivery:
    """One for each sign-up and day: moved to another day, an event is reminded of again."""
    day = due.begins.date()
    content = ReminderContent(sign_up_id=due.sign_up_id, people=due.people, day=day)
    return _delivery(due, kind="reminder", content=content, which=f"/{day}")


def _called_off(due: Changed) -> NewDelivery:
    """One for each sign-up: an event is withdrawn once and for all."""
    return _delivery(
        due, kind="called_off", content=CalledOffContent(sign_up_id=due.sign_up_id, people=due.people), which=""
    )


def _moved(due: Changed) -> NewDelivery:
    """One for each sign-up and move; of several moves in a row, the last."""
    content = MovedContent(sign_up_id=due.sign_up_id, people=due.people)
    return _delivery(due, kind="moved", content=content, which=f"/{due.moves}")


def _delivery(due: Due | Changed, *, kind: MailKind, content: MailContent, which: str) -> NewDelivery:
    message_id = f"{kind}/{due.sign_up_id}{which}"
    return NewDelivery(
        id=delivery_id(message_id=message_id, recipient_id=due.contact_id, channel="email"),
        message_id=message_id,
        recipient_id=due.contact_id,
        kind=kind,
        event_id=due.event_id,
        content=content.model_dump(mode="json"),
    )
