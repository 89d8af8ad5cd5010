"""Who has to hear of an act: each person once, whatever roles they have. All SQL of notices."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from registration.guest_lists.persons import address_of
from shared.contracts.registration import Act, SignedUpFor, WaitsFor
from shared.runtime.database import Connection

MOST_LISTED = 1000
"""Events, and sign-ups, that one notice lists."""
NO_EVENT = UUID(int=0)
Change = Literal["act", "reminder", "lapsed"]
Concerned = Literal["going", "awaited", "lapsed"]

_CONCERNED: dict[Concerned, str] = {
    "going": "e.status <> 'withdrawn'",
    "awaited": "e.status <> 'withdrawn' AND e.answer = 'awaited'",
    "lapsed": "e.status = 'withdrawn' AND e.answer = 'awaited'",
}
"""Of the events that an act has reached: all that go on, those that wait for an answer, those that have lapsed."""
_REACHED = "e.edition_id = $1 AND e.act_number = $2 AND e.status_before_act IS NOT NULL"
_ORGANISERS = f"""
SELECT o.id, o.email FROM organisers o
WHERE o.email <> '' AND EXISTS (SELECT FROM events e WHERE e.organiser_id = o.id AND {_REACHED} AND %s) ORDER BY o.id
"""
_MERGED = """
WITH organising AS (
    SELECT address, string_to_array(ids, ' ')::uuid[] AS ids FROM unnest($1::text[], $2::text[]) AS o (address, ids)
), attending AS (%s)
SELECT coalesce(o.ids[1], a.id) AS recipient_id, coalesce(o.ids, '{}') AS organiser_ids, a.id AS person_id
FROM organising o FULL JOIN attending a ON a.address = o.address
"""
_WAITS = "(w.status IN ('waiting', 'offered') OR w.untold)"
"""Who waits, or has waited for what then was cancelled or withdrawn, and has not heard it."""
_ATTENDING = f"""
    SELECT s.id, s.address FROM events e JOIN (
        SELECT event_id, person_id FROM participations WHERE status = 'active'
        UNION SELECT w.event_id, w.person_id FROM waiting_list w WHERE {_WAITS}
    ) p ON p.event_id = e.id
    JOIN persons s ON s.id = p.person_id
    WHERE e.edition_id = $3 AND e.act_number = $4::integer
        AND e.status_before_act IS NOT NULL AND %s AND ($5::uuid IS NULL OR e.id = $5)
    GROUP BY s.id, s.address
"""
_INSERT = f"""
INSERT INTO notices (act_id, change, reminder, event_id, recipient_id, organiser_ids, person_id, act_number)
SELECT $6::uuid, $7::text, $8::integer, coalesce($5::uuid, '{NO_EVENT}'), *, $4::integer FROM ({_MERGED}) AS merged
ON CONFLICT DO NOTHING
"""
_PENDING = """
SELECT change, reminder, event_id, recipient_id, organiser_ids, person_id, act_number FROM notices
WHERE act_id = $1 AND sequence IS NULL ORDER BY recipient_id LIMIT $2
"""
_ORGANISED = f"""
SELECT e.organiser_id, e.id FROM events e WHERE {_REACHED} AND %s AND e.organiser_id = ANY($3) ORDER BY e.id
"""
_SIGN_UPS = f"""
SELECT p.person_id, p.event_id, p.id, p.people FROM participations p JOIN events e ON e.id = p.event_id
WHERE p.person_id = ANY($3) AND p.status = 'active' AND {_REACHED} AND %s ORDER BY e.id, p.id
"""
_WAITING = f"""
SELECT w.person_id, w.event_id, w.id, w.people, w.status FROM waiting_list w JOIN events e ON e.id = w.event_id
WHERE w.person_id = ANY($3) AND {_WAITS} AND {_REACHED} AND %s ORDER BY e.id, w.id
"""
_WAITING_TOLD = """
UPDATE waiting_list SET untold = false
WHERE id IN (SELECT id FROM waiting_list WHERE id = ANY($1) AND untold ORDER BY id FOR UPDATE)
"""
_NUMBER = """
UPDATE notices SET sequence = (SELECT coalesce(max(sequence), 0) + 1 FROM notices told
                               WHERE told.recipient_id = notices.recipient_id)
FROM unnest($2::text[], $3::integer[], $4::uuid[], $5::uuid[]) AS new (change, reminder, event_id, recipient_id)
WHERE notices.act_id = $1 AND notices.change = new.change AND notices.reminder = new.reminder
    AND notices.event_id = new.event_id AND notices.recipient_id = new.recipient_id
RETURNING notices.recipient_id, sequence
"""
_DELETE = """
DELETE FROM notices USING unnest($2::text[], $3::integer[], $4::uuid[], $5::uuid[]) AS gone (change, reminder, event_id,
    recipient_id)
WHERE notices.act_id = $1 AND notices.change = gone.change AND notices.reminder = gone.reminder
    AND notices.event_id = gone.event_id AND notices.recipient_id = gone.recipient_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A notice that is not published yet."""

    change: Change
    reminder: int
    event_id: UUID
    recipient_id: UUID
    organiser_ids: tuple[UUID, ...]
    person_id: UUID | None
    act_number: int
    """Of the act that reached the events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """How many people there are to tell: each counts once."""

    people: int
    organisers: int
    guests: int
    both: int
    """Organisers and guests."""
    waiting: int
    """On a waiting list, whatever else they are."""


_PREVIEWED = """
WITH organising AS (
    SELECT address FROM unnest($1::text[]) AS o (address)
), attending AS (
    SELECT DISTINCT s.address FROM events e JOIN participations p ON p.event_id = e.id
    JOIN persons s ON s.id = p.person_id
    WHERE p.status = 'active' AND e.edition_id = $2 AND e.status <> 'withdrawn'
), waiting AS (
    SELECT DISTINCT s.address FROM events e JOIN waiting_list w ON w.event_id = e.id
    JOIN persons s ON s.id = w.person_id
    WHERE w.status IN ('waiting', 'offered') AND e.edition_id = $2 AND e.status <> 'withdrawn'
)
SELECT count(*) AS people, count(o.address) AS organisers, count(a.address) AS guests,
       count(*) FILTER (WHERE o.address = a.address) AS both, count(w.address) AS waiting
FROM organising o FULL JOIN attending a ON a.address = o.address
    FULL JOIN waiting w ON w.address = coalesce(o.address, a.address)
"""
_ALL_ORGANISERS = """
SELECT o.email FROM organisers o
WHERE o.email <> ''
    AND EXISTS (SELECT FROM events e WHERE e.organiser_id = o.id AND e.edition_id = $1 AND e.status <> 'withdrawn')
"""


async def audience(connection: Connection, edition_id: str) -> Audience:
    """Whom an act on the edition would be told, as things are."""
    emails = [row["email"] for row in await connection.fetch(_ALL_ORGANISERS, edition_id)]
    addresses = list({address_of(email) for email in emails})
    row = await connection.fetchrow(_PREVIEWED, addresses, edition_id)
    assert row is not None
    return Audience(**row)


async def add(
    connection: Connection,
    *,
    act: Act,
    edition_id: str,
    change: Change,
    concerned: Concerned,
    reminder: int = 0,
    guests: bool = True,
    organisers: bool = True,
    event_id: UUID | None = None,
) -> int:
    """
    Note who is to be told; answers how many people that makes. Doing it again adds nobody twice.

    `guests`: who has signed up, and who waits for a place. `event_id`: those of this one event.
    """
    where = _CONCERNED[concerned]
    rows = await connection.fetch(_ORGANISERS % where, edition_id, act.number) if organisers else []
    by_address: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_address[address_of(row["email"])].append(str(row["id"]))
    condition = where if guests else "false"
    if event_id is not None:
        condition = "true"  # withdrawn by now, and its guests are to hear it
    done: str = await connection.execute(
        _INSERT % (_ATTENDING % condition),
        list(by_address),
        [" ".join(ids) for ids in by_address.values()],
        edition_id,
        act.number,
        event_id,
        act.id,
        change,
        reminder,
    )
    return int(done.rsplit(" ", 1)[-1])


async def pending(connection: Connection, act_id: UUID, *, limit: int) -> list[Pending]:
    """Notices that are not published yet, in order of their recipients."""
    return [
        Pending(
            change=row["change"],
            reminder=row["reminder"],
            event_id=row["event_id"],
            recipient_id=row["recipient_id"],
            organiser_ids=tuple(row["organiser_ids"]),
            person_id=row["person_id"],
            act_number=row["act_number"],
        )
        for row in await connection.fetch(_PENDING, act_id, limit)
    ]


async def organised(
    connection: Connection, *, act_number: int, edition_id: str, concerned: Concerned, organiser_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The events concerned by organiser."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    query = _ORGANISED % _CONCERNED[concerned]
    for row in await connection.fetch(query, edition_id, act_number, organiser_ids):
        found[row["organiser_id"]].append(row["id"])
    return found


def _those(concerned: Concerned, *, event_id: UUID | None) -> str:
    """The condition on events: those concerned, or the one that `$4` names."""
    return "e.id = $4" if event_id else f"$4::uuid IS NULL AND {_CONCERNED[concerned]}"


async def sign_ups(
    connection: Connection,
    *,
    act_number: int,
    edition_id: str,
    concerned: Concerned,
    event_id: UUID | None = None,
    person_ids: Sequence[UUID],
) -> dict[UUID, list[SignedUpFor]]:
    """Active sign-ups by person: to the events concerned, or to the one named."""
    found: dict[UUID, list[SignedUpFor]] = defaultdict(list)
    query = _SIGN_UPS % _those(concerned, event_id=event_id)
    for row in await connection.fetch(query, edition_id, act_number, person_ids, event_id):
        found[row["person_id"]].append(
            SignedUpFor(event_id=row["event_id"], participation_id=row["id"], people=row["people"])
        )
    return found


async def waiting(
    connection: Connection,
    *,
    act_number: int,
    edition_id: str,
    concerned: Concerned,
    event_id: UUID | None = None,
    person_ids: Sequence[UUID],
) -> dict[UUID, list[WaitsFor]]:
    """What each person waits for, or has waited for and is still to hear that it ended: as `sign_ups` are."""
    found: dict[UUID, list[WaitsFor]] = defaultdict(list)
    query = _WAITING % _those(concerned, event_id=event_id)
    for row in await connection.fetch(query, edition_id, act_number, person_ids, event_id):
        found[row["person_id"]].append(
            WaitsFor(
                event_id=row["event_id"],
                entry_id=row["id"],
                people=row["people"],
                closed=row["status"] not in {"waiting", "offered"},
            )
        )
    return found


async def waiting_told(connection: Connection, entry_ids: Sequence[UUID]) -> None:
    """The notices that say that these ended are published."""
    await connection.execute(_WAITING_TOLD, entry_ids)


async def number(connection: Connection, act_id: UUID, notices: Sequence[Pending]) -> dict[UUID, int]:
    """Mark notices as published; answers the sequence of each by recipient, of whom each may be here once."""
    rows = await connection.fetch(_NUMBER, act_id, *_keys(notices))
    return {row["recipient_id"]: row["sequence"] for row in rows}


async def forget(connection: Connection, act_id: UUID, notices: Sequence[Pending]) -> None:
    """Drop notices that have nothing to say any more."""
    await connection.execute(_DELETE, act_id, *_keys(notices))


async def hand_over(connection: Connection, *, edition_id: str, number: int, act_id: UUID) -> None:
    """What superseded acts had still to tell is not told, but for withdrawals: the new act tells these."""
    superseded = "SELECT id FROM acts WHERE edition_id = $1 AND number < $2"
    await connection.execute(
        f"DELETE FROM notices WHERE act_id IN ({superseded}) AND sequence IS NULL AND change <> 'lapsed'",
        edition_id,
        number,
    )
    await connection.execute(
        f"UPDATE notices SET act_id = $3 WHERE act_id IN ({superseded}) AND sequence IS NULL",
        edition_id,
        number,
        act_id,
    )


def _keys(notices: Sequence[Pending]) -> tuple[list[str], list[int], list[UUID], list[UUID]]:
    return (
        [each.change for each in notices],
        [each.reminder for each in notices],
        [each.event_id for each in notices],
        [each.recipient_id for each in notices],
    )
