"""Use cases of waiting lists: answering an offer, leaving, and passing free places on."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from registration.events import store as events
from registration.events.stored import StoredEvent
from registration.guest_lists import operations as guest_lists
from registration.guest_lists import persons
from registration.guest_lists import store as lists
from registration.guest_lists.operations import SignedUp
from registration.waiting import entries as changes
from registration.waiting import store
from registration.waiting.domain import Entry, expiry, next_in_line
from shared.contracts.registration import ParticipationState
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found

LISTS_AT_A_TIME = 100
_OVER = {
    "waiting": ("Nothing to accept yet", "No place is free so far: an e-mail comes as soon as one is."),
    "declined": ("The offer was declined", "The place went on to the next in line. Join the waiting list again."),
    "lapsed": ("The offer has lapsed", "The place went on to the next in line. Join the waiting list again."),
    "left": ("The waiting list was left", "Join it again, or sign up if there are places."),
    "closed": ("The waiting list is closed", "The event does not take place, or is about to begin."),
}
_CHANGED = Problem(
    409,
    "The event has changed",
    "It has other dates, or is not in the programme now: the offer is taken back, and made again once it can be.",
)


async def accept(connection: Connection, id_: UUID, *, now: datetime) -> SignedUp:
    """Turn an offer into a sign-up. Accepting it again changes nothing; 409 says why there is nothing to accept."""
    entry = await _held(connection, id_)
    if entry.status == "accepted":
        return await _as_it_is(connection, entry)
    if entry.status != "offered":
        raise Problem(409, *_OVER[entry.status])
    assert entry.person_id is not None
    assert entry.expires_at is not None
    if entry.expires_at <= now:
        raise Problem(409, *_OVER["lapsed"])
    event = await events.read(connection, entry.event_id)
    if event is None or not _holds(entry, event):
        raise _CHANGED
    if await lists.is_on_list(connection, entry.event_id, person_id=entry.person_id):
        raise Problem(409, "Already signed up", "This person is on the guest list of this event.")
    participation = ParticipationState(
        id=uuid4(),
        kind=entry.kind,
        people=entry.people,
        contact_id=entry.person_id,
        status="active",
        notify=True,
        signed_up_at=now,
    )
    address = await persons.address(connection, entry.person_id)
    added = await lists.add_or_revive(
        connection, event_id=entry.event_id, identity=f"email:{address}", name=entry.name, participation=participation
    )
    row = await store.accept(connection, entry, participation_id=added, now=now)
    participation = participation.model_copy(update={"id": added})
    await guest_lists.publish(connection, "signed_up", participation, row, now=now)
    await changes.publish(connection, "accepted", [entry], now=now)
    return SignedUp(participation=participation, guest_list=guest_lists.state_of(row))


async def leave(connection: Connection, id_: UUID, *, now: datetime) -> Entry:
    """Decline an offer, or wait no longer. Of an entry that has ended nothing changes."""
    entry = await _held(connection, id_)
    if entry.status in {"waiting", "offered"}:
        await changes.end(connection, [entry], "declined" if entry.status == "offered" else "left", now=now)
        entry = await _read(connection, id_)
    return entry


async def forget(connection: Connection, person_id: UUID, *, now: datetime) -> None:
    """End all of a person's waiting and erase who it was. What was held for them is free."""
    found = [each for each in await store.of_person(connection, person_id) if each.status in {"waiting", "offered"}]
    await lists.lock_lists(connection, sorted({each.event_id for each in found}))
    for each in found:
        await leave(connection, each.id, now=now)
    await store.forget(connection, person_id)


async def tend(connection: Connection, event_id: UUID, *, longest: timedelta, now: datetime) -> None:
    """
    Bring one list to where it should be: lapse and take back what no longer holds, pass free places on, close.

    `longest`: how long an offer holds at most. Doing it again changes nothing; any number of processes may.
    """
    await lists.lock_list(connection, event_id)
    event = await events.read(connection, event_id)
    assert event is not None
    standing = await store.standing(connection, event_id)
    if event.status == "withdrawn" or event.occurrence == "cancelled":
        await changes.end(connection, standing, "closed", now=now)
        return
    until = expiry(changes.begins(event), now=now, longest=longest) if _is_open(event) else None
    offered = [entry for entry in standing if entry.status == "offered"]
    lapsed = [entry for entry in offered if entry.expires_at is not None and entry.expires_at <= now]
    void = [entry for entry in offered if entry not in lapsed and not _holds(entry, event)]
    await changes.end(connection, lapsed, "lapsed", now=now)
    await changes.suspend(connection, void)
    chosen = [] if until is None else await _next_in_line(connection, event_id)
    await changes.tell_suspended(connection, void, event, offered_again=chosen, now=now)
    if until is not None and chosen:
        await changes.offer(connection, chosen, event, until=until, now=now)
    elif until is None and _is_open(event):
        waiting = [each for each in standing if each.status == "waiting"]
        await changes.end(connection, waiting, "closed", notify=False, now=now)  # they were promised nothing


async def _next_in_line(connection: Connection, event_id: UUID) -> list[Entry]:
    free = store.free_places(await lists.read_list(connection, event_id))
    return next_in_line(await store.in_line(connection, event_id, free=free), free=free)


def _is_open(event: StoredEvent) -> bool:
    """Whether somebody could sign up to it."""
    return event.in_catalogue and event.occurrence not in {"postponed", "cancelled"}


def _holds(entry: Entry, event: StoredEvent) -> bool:
    """Whether the event still is what was offered."""
    return _is_open(event) and entry.calendar_sequence == event.calendar_sequence


async def _held(connection: Connection, id_: UUID) -> Entry:
    """The entry, its guest list held."""
    await lists.lock_list(connection, (await _read(connection, id_)).event_id)
    return await _read(connection, id_)


async def _read(connection: Connection, id_: UUID) -> Entry:
    entry = await store.read(connection, id_)
    if entry is None or entry.person_id is None:
        raise not_found("entry of a waiting list", id_)
    return entry


async def _as_it_is(connection: Connection, entry: Entry) -> SignedUp:
    assert entry.participation_id is not None
    row = await lists.read_participation(connection, event_id=entry.event_id, id_=entry.participation_id)
    assert row is not None
    state = guest_lists.state_of(await lists.read_list(connection, entry.event_id))
    return SignedUp(participation=guest_lists.participation_of(row), guest_list=state)
