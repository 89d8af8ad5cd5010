"""Labelled events in the database."""

from uuid import UUID

from notifications.mails import store as mails
from notifications.mails.domain import Edition, Event
from shared.runtime.database import Connection

_LABELLED = f"""
SELECT {mails.EVENT_COLUMNS}, {mails.EDITION_COLUMNS}
FROM events AS event JOIN editions AS edition ON edition.id = event.edition_id
WHERE event.id = $1 AND event.status = 'labelled'
"""


async def labelled(connection: Connection, *, event_id: UUID) -> tuple[Event, Edition] | None:
    """The event and its edition while it has the label."""
    row = await connection.fetchrow(_LABELLED, event_id)
    return (mails.event_of(row), mails.edition_of(row)) if row else None
