"""
Which topics this service consumes, and what it does with each.

The time is the database's: by a clock of one replica that is fast, a notice would be due too late for all.
"""

from collections.abc import Sequence
from typing import Any

from notifications.copies import operations as copies
from notifications.digests import operations as digests
from notifications.guests import operations as guests
from notifications.mails import operations as mails
from notifications.webhooks import operations as webhooks
from shared.contracts.topics import (
    CATALOGUE,
    CONTACTS,
    DECISIONS,
    EDITIONS,
    EVENTS,
    NOTICES,
    PARTICIPATIONS,
    WAITING,
)
from shared.runtime import inbox
from shared.runtime.clock import now_by
from shared.runtime.consumer import Consumers
from shared.runtime.database import Connection
from shared.runtime.decoding import Received

Messages = Sequence[Received[Any]]


def subscribe(consumers: Consumers, *, public_url: str) -> None:
    """Register this service's operations."""

    async def announce(connection: Connection, messages: Messages) -> None:
        await webhooks.announce_catalogue(connection, messages, public_url=public_url, now=await now_by(connection))

    consumers.states(EDITIONS, keep_editions)
    consumers.changes(EVENTS, keep_and_acknowledge_events)
    consumers.changes(CONTACTS, keep_contacts_and_send_access)
    consumers.changes(PARTICIPATIONS, keep_and_confirm_sign_ups, unconcerned=is_of_nobody)
    consumers.changes(NOTICES, tell_acts)
    consumers.changes(WAITING, tell_waiting)
    consumers.changes(DECISIONS, tell_decisions)
    consumers.changes(CATALOGUE, announce)


async def keep_editions(connection: Connection, messages: Messages) -> None:
    await copies.keep_editions(connection, messages, now=await now_by(connection))


async def keep_and_acknowledge_events(connection: Connection, messages: Messages) -> None:
    now = await now_by(connection)
    await mails.acknowledge_submissions(connection, messages, now=now)
    if news := await latest(connection, messages):
        await copies.keep_events(connection, news, now=now)
        await webhooks.announce_withdrawals(connection, now=now)


async def keep_contacts_and_send_access(connection: Connection, messages: Messages) -> None:
    now = await now_by(connection)
    await mails.send_access(connection, messages, now=now)
    if news := await latest(connection, messages):
        await copies.keep_contacts(connection, news, among=messages, now=now)


async def keep_and_confirm_sign_ups(connection: Connection, messages: Messages) -> None:
    await guests.keep_sign_ups(connection, messages)
    await mails.confirm_sign_ups(connection, messages, now=await now_by(connection))


def is_of_nobody(value: bytes) -> bool:
    """Of a sign-up's message, unread: among the hundreds of thousands of a bulk import few can be written to."""
    return b'"contact_id":"' not in value


async def tell_decisions(connection: Connection, messages: Messages) -> None:
    await digests.keep_reviews(connection, await latest(connection, messages))
    await mails.tell_decisions(connection, messages, now=await now_by(connection))


async def tell_waiting(connection: Connection, messages: Messages) -> None:
    await mails.tell_waiting(connection, messages, now=await now_by(connection))


async def tell_acts(connection: Connection, messages: Messages) -> None:
    await mails.tell_acts(connection, messages, now=await now_by(connection))


async def latest(connection: Connection, messages: Messages) -> list[Received[Any]]:
    """The latest state of each aggregate that has news, for a topic of which each change counts as well."""
    first: dict[str, int] = {}
    last: dict[str, Received[Any]] = {}
    for message in messages:
        first[message.key] = min(first.get(message.key, message.sequence), message.sequence)
        if message.key not in last or message.sequence > last[message.key].sequence:
            last[message.key] = message
    if not last:
        return []
    news = await inbox.raise_marks(
        connection,
        topic=messages[0].topic,
        first=first,
        last={key: message.sequence for key, message in last.items()},
    )
    return [message for key, message in last.items() if key in news]
