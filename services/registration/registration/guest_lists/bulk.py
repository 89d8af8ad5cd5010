"""Sign-ups by the thousand: one transaction for a batch of rows, the same rules as one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from registration.guest_lists import persons, store
from registration.guest_lists.content import MOST_PEOPLE
from shared.contracts.base import Bilingual, Language
from shared.contracts.topics import PARTICIPATIONS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.identifiers import new_id


class BulkSignUp(NamedTuple):
    """A sign-up of an import; `identity` is its address or the importer's own reference."""

    line: int
    event_id: UUID
    identity: str
    kind: Literal["person", "group"]
    people: int
    name: str
    email: str | None
    language: Language


NO_SUCH_EVENT = Bilingual(
    fr="il n’y a pas cet événement dans l’édition : vérifiez son identifiant ou sa référence",
    en="there is no such event in this edition: check its id or reference",
)
_CLOSED = Bilingual(
    fr="l’événement est refusé ou retiré : personne ne peut s’y inscrire",
    en="the event is refused or withdrawn: nobody can sign up to it",
)
_AWAITED = Bilingual(
    fr="ses places sont attendues : elles sont d’abord proposées aux personnes de la liste d’attente",
    en="people wait for its places: they are offered to these first",
)


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """How many rows went in, how many were known, and (line, field, reason) of those refused."""

    created: int
    unchanged: int
    refused: list[tuple[int, str, Bilingual]]


@dataclass(slots=True)
class _List:
    """A guest list while a batch is added to it."""

    event_id: UUID
    key: str
    edition_id: str
    capacity: int | None
    sequence: int
    parties: int
    announced: int
    cancelled: int
    actual: int | None
    held: int
    """People whom free places are offered to."""
    awaited: int | None
    """The smallest party on the waiting list; None when nobody waits."""
    open: bool

    def state(self) -> dict[str, Any]:
        """As GuestListState."""
        state: dict[str, Any] = {
            "event_id": self.key,
            "edition_id": self.edition_id,
            "parties": self.parties,
            "announced": self.announced,
            "cancelled": self.cancelled,
        }
        if self.capacity is not None:
            state["capacity"] = self.capacity
        if self.actual is not None:
            state["actual"] = self.actual
        return state


async def sign_up_many(
    connection: Connection, rows: Sequence[BulkSignUp], *, notify: bool, now: datetime
) -> BulkOutcome:
    """Sign all up whose event is open and has room, in order. Repeating it changes nothing."""
    locked = await store.lock_lists(connection, sorted({row.event_id for row in rows}))
    closed = await store.closed_events(connection, list(locked))
    awaited = await store.awaited(connection, [id_ for id_, row in locked.items() if row["waiting"]])
    lists = {id_: _list_of(row, open_=id_ not in closed, awaited=awaited.get(id_)) for id_, row in locked.items()}
    known = await store.known_identities(
        connection, event_ids=[row.event_id for row in rows], identities=[row.identity for row in rows]
    )
    people = await persons.find_or_add_many(connection, rows, now=now)
    signed_up_at = now.isoformat()
    participations: list[tuple[Any, ...]] = []
    messages: list[outbox.Message] = []
    refused: list[tuple[int, str, Bilingual]] = []
    touched: set[UUID] = set()
    unchanged = 0
    for row in rows:
        key = (row.event_id, row.identity)
        if key in known:
            unchanged += 1
            continue
        guests = lists.get(row.event_id)
        reason = _why_not(guests, row.people)
        if reason or guests is None:
            refused.append((row.line, *reason))
            continue
        known.add(key)
        touched.add(row.event_id)
        guests.sequence += 1
        guests.parties += 1
        guests.announced += row.people
        id_ = new_id()
        person_id = people[persons.address_of(row.email)] if row.email else None
        participations.append(
            (
                id_,
                row.event_id,
                row.identity,
                row.kind,
                row.people,
                row.name,
                person_id,
                notify,
                int(notify and person_id is not None),
                "active",
                now,
            )
        )
        participation: dict[str, Any] = {
            "id": id_, "kind": row.kind, "people": row.people, "status": "active", "notify": notify,
            "signed_up_at": signed_up_at,
        }  # fmt: skip
        if person_id is not None:
            participation["contact_id"] = str(person_id)
        body = {"change": "signed_up", "participation": participation, "guest_list": guests.state()}
        messages.append(
            outbox.Message(
                topic=PARTICIPATIONS.name,
                key=guests.key,
                sequence=guests.sequence,
                value=orjson.dumps(body),
                time=now,
            )
        )
    if participations:
        await connection.copy_records_to_table(
            "participations", records=participations, columns=store.PARTICIPATION_COLUMNS
        )
        changed = [lists[id_] for id_ in sorted(touched)]
        await store.save_totals(
            connection, [(each.event_id, each.sequence, each.parties, each.announced) for each in changed]
        )
        await outbox.publish(connection, messages)
    return BulkOutcome(len(participations), unchanged, refused)


def _list_of(row: asyncpg.Record, *, open_: bool, awaited: int | None) -> _List:
    return _List(
        event_id=row["event_id"],
        key=str(row["event_id"]),
        edition_id=row["edition_id"],
        capacity=row["capacity"],
        sequence=row["sequence"],
        parties=row["parties"],
        announced=row["announced"],
        cancelled=row["cancelled"],
        actual=row["actual"],
        held=row["held"],
        awaited=awaited,
        open=open_,
    )


def _why_not(guests: _List | None, people: int) -> tuple[str, Bilingual] | tuple[()]:
    if guests is None:
        return "event", NO_SUCH_EVENT
    if not guests.open:
        return "event", _CLOSED
    capacity = MOST_PEOPLE if guests.capacity is None else guests.capacity
    left = capacity - guests.announced - guests.held
    if people > left:
        return "people", Bilingual(
            fr=f"places encore libres : {left} sur {capacity} ; "
            "inscrivez moins de monde, ou choisissez un autre événement",
            en=f"{left} of {capacity} places are left: sign up fewer people, or choose another event",
        )
    if guests.awaited is not None and guests.awaited <= left:
        return "event", _AWAITED
    return ()
