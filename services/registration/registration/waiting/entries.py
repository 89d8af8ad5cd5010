"""Joining and ending: what changes entries of a waiting list, and tells of it. The caller holds the guest list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from registration.events import store as events
from registration.events.stored import StoredEvent
from registration.guest_lists.content import SignUp
from registration.waiting import store
from registration.waiting.domain import Entry, Status, expiry
from shared.contracts.registration import WaitingMessage
from shared.contracts.topics import WAITING
from shared.runtime import outbox
from shared.runtime.database import Connection

Change = Literal["joined", "offered", "accepted", "declined", "lapsed", "left", "suspended", "closed"]
_STATUSES: dict[Change, Status] = {"joined": "waiting", "suspended": "waiting"}


async def join(
    connection: Connection, event_id: UUID, *, sign_up: SignUp, person_id: UUID, now: datetime
) -> Entry | None:
    """Put somebody last in line; None when it is too late to offer anything."""
    event = await events.read(connection, event_id)
    if event is None or expiry(begins(event), now=now, longest=timedelta.max) is None:
        return None
    entry = await store.add(
        connection,
        event_id,
        person_id=person_id,
        kind=sign_up.kind,
        people=sign_up.people,
        name=sign_up.name,
        now=now,
    )
    position = await store.position(connection, entry.id)
    await publish(connection, "joined", [entry], position=position, now=now)
    return entry


def begins(event: StoredEvent) -> list[datetime]:
    """When each slot begins."""
    zone = ZoneInfo(event.territory.time_zone)
    return [slot.begin.replace(tzinfo=zone) for slot in event.content.slots]


async def end(
    connection: Connection,
    entries: Sequence[Entry],
    change: Literal["declined", "lapsed", "left", "closed"],
    *,
    notify: bool = True,
    now: datetime,
) -> None:
    """End standing entries of one list."""
    if entries:
        await store.end(connection, entries, status=change, now=now)
        await publish(connection, change, entries, notify=notify, now=now)


async def close(connection: Connection, event_ids: Sequence[UUID], *, told_by_act: bool, now: datetime) -> None:
    """
    End all waiting for events that do not take place. The caller holds their guest lists.

    `told_by_act`: each person's notice of the act says it, and nothing else does.
    """
    for entries in (await store.standing_of(connection, event_ids)).values():
        await store.end(connection, entries, status="closed", untold=told_by_act, now=now)
        await publish(connection, "closed", entries, notify=not told_by_act, now=now)


async def suspend(connection: Connection, entries: Sequence[Entry]) -> None:
    """Take offers on one list back; `tell_suspended` tells."""
    if entries:
        await store.suspend(connection, entries)


async def tell_suspended(
    connection: Connection,
    entries: Sequence[Entry],
    event: StoredEvent,
    *,
    offered_again: Sequence[Entry],
    now: datetime,
) -> None:
    """
    Tell of offers that were taken back.

    Whoever gets one again at once hears of that alone; of what an act has moved, its notices tell.
    """
    again = {each.id for each in offered_again}
    for entry in entries:
        by_act = event.is_of_an_act and event.act_number > entry.act_number
        await publish(connection, "suspended", [entry], notify=not by_act and entry.id not in again, now=now)


async def offer(
    connection: Connection, entries: Sequence[Entry], event: StoredEvent, *, until: datetime, now: datetime
) -> None:
    """Offer places of the event as it is."""
    await store.offer(
        connection,
        entries,
        expires_at=until,
        revision=event.revision,
        calendar_sequence=event.calendar_sequence,
        act_number=event.act_number,
    )
    made = [replace(each, status="offered", expires_at=until, revision=event.revision) for each in entries]
    await publish(connection, "offered", made, now=now)


async def publish(
    connection: Connection,
    change: Change,
    entries: Sequence[Entry],
    *,
    position: int = 0,
    notify: bool = True,
    now: datetime,
) -> None:
    """Tell of a change; `entries` are as they were before it, but for those that have joined."""
    status: Status = _STATUSES.get(change) or change  # type: ignore[assignment] # the others are called alike
    messages = [
        outbox.message(
            topic=WAITING,
            key=str(entry.id),
            sequence=entry.sequence if change == "joined" else entry.sequence + 1,
            body=WaitingMessage(change=change, notify=notify, entry=entry.state(status=status, position=position)),
            time=now,
        )
        for entry in entries
    ]
    await outbox.publish(connection, messages)
