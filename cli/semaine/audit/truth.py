"""What `registration` holds: the truth that all consequences are compared with. All SQL of that side."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import asyncpg

_EVENTS = """
SELECT e.id::text, e.edition_id, e.organiser_id::text, e.revision, e.sequence, e.status, e.receipts, e.in_catalogue,
       e.catalogue_sequence, e.region, e.departement, e.content->>'type' AS type,
       ARRAY(SELECT jsonb_array_elements_text(e.content->'themes')) AS themes,
       ARRAY(SELECT jsonb_array_elements_text(e.content->'audience')) AS audience,
       ARRAY(SELECT DISTINCT substr(slot->>'begin', 12, 2) FROM jsonb_array_elements(e.content->'slots') AS slot
             WHERE e.occurrence <> 'postponed') AS hours, e.occurrence,
       g.sequence AS list_sequence, g.announced, g.actual, g.parties, g.cancelled,
       g.held, g.waiting
FROM events e JOIN guest_lists g ON g.event_id = e.id
"""
_SIGN_UPS = """
SELECT event_id::text, count(*) FILTER (WHERE status = 'active') AS parties,
       coalesce(sum(people) FILTER (WHERE status = 'active'), 0) AS people,
       sum(cancellations) AS cancelled, sum(confirmations) AS confirmations
FROM participations GROUP BY event_id
"""
_WAITING = """
SELECT event_id::text, coalesce(sum(people) FILTER (WHERE status = 'offered'), 0) AS held,
       count(*) FILTER (WHERE status IN ('waiting', 'offered')) AS waiting, sum(offers) AS offers
FROM waiting_list GROUP BY event_id
"""
_CONTACTS = (
    "SELECT id::text, lower(email) AS email FROM organisers WHERE email <> '' "
    "UNION ALL SELECT id::text, lower(email) FROM persons WHERE email <> ''"
)


class Event(NamedTuple):
    """An event with its guest list's totals."""

    id: str
    edition_id: str
    organiser_id: str
    revision: int
    sequence: int
    status: str
    receipts: int
    in_catalogue: bool
    catalogue_sequence: int
    region: str | None
    departement: str | None
    type: str
    themes: list[str]
    audience: list[str]
    hours: list[str]
    occurrence: str
    list_sequence: int
    announced: int
    actual: int | None
    parties: int
    cancelled: int
    held: int
    waiting: int


class SignUps(NamedTuple):
    """What the sign-ups themselves add up to."""

    parties: int
    people: int
    cancelled: int
    confirmations: int


class Waiting(NamedTuple):
    """What the entries of a waiting list add up to: people of standing offers, entries, offers made so far."""

    held: int
    waiting: int
    offers: int


class Truth(NamedTuple):
    """One moment of `registration`."""

    events: dict[str, Event]
    sign_ups: dict[str, SignUps]
    waiting: dict[str, Waiting]
    contacts: dict[str, str]


async def read(connection: asyncpg.Connection) -> Truth:
    """All of one moment: one repeatable-read transaction."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        events = [Event(**dict(row)) for row in await connection.fetch(_EVENTS)]
        sign_ups: Mapping[str, Any] = {row["event_id"]: row for row in await connection.fetch(_SIGN_UPS)}
        waiting = {row["event_id"]: row for row in await connection.fetch(_WAITING)}
        contacts = {row["id"]: row["email"] for row in await connection.fetch(_CONTACTS)}
    return Truth(
        events={event.id: event for event in events},
        sign_ups={
            id_: SignUps(row["parties"], row["people"], row["cancelled"], row["confirmations"])
            for id_, row in sign_ups.items()
        },
        waiting={id_: Waiting(row["held"], row["waiting"], row["offers"]) for id_, row in waiting.items()},
        contacts=contacts,
    )
