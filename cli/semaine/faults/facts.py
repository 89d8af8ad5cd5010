"""What the services hold at the end. All SQL of the verdict."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from semaine.backlog import CALLED_OFF
from shared.contracts.topics import Service
from shared.runtime.database import prepare

Row = Mapping[str, Any]

_EVENTS = """
SELECT e.id::text, e.organiser_id::text, e.edition_id, e.reference, e.revision, e.sequence, e.status, e.receipts,
       e.in_catalogue, e.catalogue_sequence, e.content, e.occurrence, e.act_number, e.answer, g.capacity, g.parties,
       g.announced, g.cancelled, g.actual, g.sequence AS list_sequence
FROM events e JOIN guest_lists g ON g.event_id = e.id
"""
_SIGN_UPS = """
SELECT p.id::text, p.event_id::text, p.kind, p.people, p.status, p.confirmations, p.kept_act, s.email
FROM participations p LEFT JOIN persons s ON s.id = p.person_id
"""
_CONTACTS = """
SELECT id::text, email, contact_sequence AS sequence, true AS organiser FROM organisers
UNION ALL SELECT id::text, email, contact_sequence, false FROM persons
"""
_DECISIONS = """
SELECT id::text, event_id::text, revision, verdict, decided_by, told FROM decisions ORDER BY decided_at, id
"""
_DELIVERIES = """
SELECT id::text, message_id, recipient_id::text, channel, kind, event_id::text, status, attempts, sequence, detail,
       act_number
FROM deliveries
"""
_ACTS = """
SELECT id::text, number, act->>'kind' AS kind, act->>'policy' AS policy, after->'dates'->>'first_day' AS first_day,
       phase, told_at IS NOT NULL AS told
FROM acts ORDER BY number
"""
_NOTICES = """
SELECT recipient_id::text AS key, max(sequence) AS sequence FROM notices WHERE sequence IS NOT NULL GROUP BY 1
"""
_COUNTERS = "SELECT edition_id || '/' || dimension AS key, sequence, tallies FROM counters"


@dataclass(kw_only=True)
class Facts:
    """Rows by id; sequences by topic and key."""

    events: dict[str, Row] = field(default_factory=dict)
    drafts: set[str] = field(default_factory=set)
    sign_ups: dict[str, Row] = field(default_factory=dict)
    contacts: dict[str, Row] = field(default_factory=dict)
    editions: dict[str, int] = field(default_factory=dict)
    acts: list[Row] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)
    """Sequences of what each contact was told of acts."""
    decisions: list[Row] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, Row] = field(default_factory=dict)
    partners: int = 0
    counters: dict[str, Row] = field(default_factory=dict)
    dead_letters: dict[Service, list[str]] = field(default_factory=dict)
    outboxes: dict[Service, list[str]] = field(default_factory=dict)
    """Ids of messages that were never published."""

    def address_of(self, contact_id: str) -> str:
        """Of a contact; a word for one that registration does not know."""
        contact = self.contacts.get(contact_id)
        return str(contact["email"]) if contact else "nobody"

    def sequences(self) -> dict[str, dict[str, int]]:
        """The last sequence that each key must have on each topic."""
        return {
            "registration.editions.v1": self.editions,
            "registration.events.v1": {id_: row["sequence"] for id_, row in self.events.items()},
            "registration.participations.v1": _begun({id_: row["list_sequence"] for id_, row in self.events.items()}),
            "registration.contacts.v1": {id_: row["sequence"] for id_, row in self.contacts.items()},
            "registration.notices.v1": self.notices,
            "catalogue.events.v1": _begun({id_: row["catalogue_sequence"] for id_, row in self.events.items()}),
            "labelling.decisions.v1": _begun(self.cases),
            "notifications.deliveries.v1": _begun({id_: row["sequence"] for id_, row in self.deliveries.items()}),
            "stats.counters.v1": _begun({key: row["sequence"] for key, row in self.counters.items()}),
        }


async def read(database_urls: Mapping[Service, str]) -> Facts:
    """All of it. To be read when nothing is on its way."""
    facts = Facts()
    async with _connections(database_urls) as connections:
        await _registration(facts, connections["registration"])
        await _others(facts, connections)
        for service, connection in connections.items():
            facts.dead_letters[service] = await _column(connection, "SELECT id::text FROM dead_letters")
            facts.outboxes[service] = await _column(connection, "SELECT message_id::text FROM outbox ORDER BY id")
    return facts


async def pending_deliveries(url: str) -> int:
    """Notices that are still to be sent, tried before or not."""
    connection = await asyncpg.connect(url, timeout=60)
    try:
        pending = f"SELECT count(*) + ({CALLED_OFF}) FROM deliveries WHERE status = 'pending'"
        return int(await connection.fetchval(pending))
    finally:
        await connection.close()


async def _registration(facts: Facts, connection: asyncpg.Connection) -> None:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        facts.events = _by_id(await connection.fetch(_EVENTS))
        facts.drafts = set(await _column(connection, "SELECT id::text FROM drafts"))
        facts.sign_ups = _by_id(await connection.fetch(_SIGN_UPS))
        facts.contacts = _by_id(await connection.fetch(_CONTACTS))
        facts.editions = _sequences(await connection.fetch("SELECT id AS key, sequence FROM editions"))
        facts.acts = [dict(row) for row in await connection.fetch(_ACTS)]
        facts.notices = _sequences(await connection.fetch(_NOTICES))


async def _others(facts: Facts, connections: Mapping[Service, asyncpg.Connection]) -> None:
    labelling, notifications = connections["labelling"], connections["notifications"]
    facts.decisions = [dict(row) for row in await labelling.fetch(_DECISIONS)]
    facts.cases = _sequences(await labelling.fetch("SELECT event_id::text AS key, sequence FROM cases"))
    facts.deliveries = _by_id(await notifications.fetch(_DELIVERIES))
    facts.partners = await notifications.fetchval("SELECT count(*) FROM partners WHERE disabled_at IS NULL")
    facts.counters = {row["key"]: dict(row) for row in await connections["stats"].fetch(_COUNTERS)}


def _by_id(rows: list[asyncpg.Record]) -> dict[str, Row]:
    return {row["id"]: dict(row) for row in rows}


def _sequences(rows: list[asyncpg.Record]) -> dict[str, int]:
    return {row["key"]: row["sequence"] for row in rows}


def _begun(sequences: Mapping[str, int]) -> dict[str, int]:
    """Those of which anything was published."""
    return {key: sequence for key, sequence in sequences.items() if sequence}


async def _column(connection: asyncpg.Connection, statement: str) -> list[str]:
    return [row[0] for row in await connection.fetch(statement)]


@asynccontextmanager
async def _connections(urls: Mapping[Service, str]) -> AsyncIterator[dict[Service, asyncpg.Connection]]:
    async with AsyncExitStack() as stack:
        opened: dict[Service, asyncpg.Connection] = {}
        for service, url in urls.items():
            connection = await asyncpg.connect(url, timeout=60)
            stack.push_async_callback(connection.close)
            await prepare(connection)
            opened[service] = connection
        yield opened
