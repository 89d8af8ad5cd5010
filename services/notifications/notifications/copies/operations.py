"""Local copies of what other services own: editions, events and contacts, as their latest messages tell."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications.copies import store
from notifications.digests import store as digests
from notifications.guests import store as guests
from shared.contracts.registration import ContactMessage, EditionMessage, EventMessage
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received


async def keep_editions(connection: Connection, messages: Sequence[Received[EditionMessage]], *, now: datetime) -> None:
    """Keep the editions, and look again at the mails that may have waited for them."""
    editions = [message.body.edition for message in messages if message.body]
    await store.keep_editions(connection, editions)
    waiting = await store.events_of(connection, [edition.id for edition in editions])
    await store.wake_mails(connection, events=waiting, now=now)
    await store.wake_mails_of_acts(connection, editions=[edition.id for edition in editions], now=now)


async def keep_events(connection: Connection, messages: Sequence[Received[EventMessage]], *, now: datetime) -> None:
    """Keep the events, and look again at the mails that may have waited for them."""
    events = sorted((message.body for message in messages if message.body), key=lambda body: body.event.id)
    await store.keep_events(connection, events)
    await store.wake_mails(connection, events=[body.event.id for body in events], now=now)


async def keep_contacts(
    connection: Connection,
    news: Sequence[Received[ContactMessage]],
    *,
    among: Sequence[Received[ContactMessage]],
    now: datetime,
) -> None:
    """
    Keep or erase the contacts. What is pending for them is looked at again: mails to an erased contact end.

    `news`: the latest message of each; `among`: all that came with them, in order.
    """
    contacts = sorted((message.body.contact for message in news if message.body), key=lambda contact: contact.id)
    gone = [_contact_id(message) for message in news if message.body is None]
    await store.keep_contacts(connection, contacts)
    if gone:
        # Their digests are found by their addresses: those kept here, and those that came and went just now.
        passed = {message.body.contact.id: message.body.contact for message in among if message.body}
        await store.keep_contacts(connection, [passed[id_] for id_ in sorted(passed.keys() & set(gone))])
        await digests.erase(connection, await digests.of_contacts(connection, gone))
        await store.erase_contacts(connection, gone)
        await guests.forget(connection, gone)
    await store.wake_mails(connection, recipients=[*(contact.id for contact in contacts), *gone], now=now)


def _contact_id(message: Received[ContactMessage]) -> UUID:
    try:
        return UUID(message.key)
    except ValueError:
        raise Refused(f"the key {message.key!r} is no contact's id") from None
