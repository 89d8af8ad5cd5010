"""Use cases of guest lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from registration.guest_lists import persons, store
from registration.guest_lists.content import MOST_PEOPLE, SignUp
from registration.waiting import entries
from registration.waiting import store as waiting
from registration.waiting.domain import Entry
from shared.contracts.base import Bilingual
from shared.contracts.registration import GuestListState, ParticipationMessage, ParticipationState
from shared.contracts.topics import PARTICIPATIONS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem, not_found

_OFF = {"postponed", "cancelled"}
"""Occurrences of what does not take place, or nobody knows when."""
_WAIT = "Choose another event, or wait for a place: if_full."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp:
    """A sign-up and what the list became by it."""

    participation: ParticipationState
    guest_list: GuestListState


async def sign_up(connection: Connection, event_id: UUID, *, sign_up: SignUp, now: datetime) -> SignedUp | Entry:
    """
    Sign a person or a group up. 409 when the event is not open, is full, or has them on its list already.

    Where it is full, whoever wants to joins the waiting list: the answer is their entry. Capacity is held by the guest
    list's row: whoever updates it first gets the place.
    """
    row = await store.take_places(connection, event_id, people=sign_up.people)
    # Read while the list is held: a withdrawal holds it too, so none can pass between this look and the commit.
    address = persons.address_of(sign_up.email)
    standing = await store.standing(connection, event_id, address=address)
    if standing is None:
        raise not_found("event", event_id)
    if not standing["in_catalogue"]:
        raise Problem(409, "Not open", "This event is not in the programme: nobody can sign up to it now.")
    if standing["occurrence"] in _OFF:
        raise Problem(409, "Not open", "This event is cancelled, or postponed to a date that is not known yet.")
    if standing["on_list"]:
        raise Problem(
            409,
            "Already signed up",
            "This address is on the guest list of this event.",
            errors=[FieldError("email", "It has signed up already", "Cancel that sign-up first to change it.")],
        )
    person_id = standing["person_id"] or await persons.add(connection, sign_up, now=now)
    if row is None or row["waiting"]:
        row = await _in_turn(connection, event_id, sign_up.people, person_id=person_id, taken=row is not None)
    if row is None:
        return await _wait(connection, event_id, sign_up, person_id=person_id, now=now)
    identity = f"email:{address}"
    participation = ParticipationState(
        id=uuid4(),  # whoever knows it can cancel: nothing of it can be guessed
        kind=sign_up.kind,
        people=sign_up.people,
        contact_id=person_id,
        status="active",
        notify=True,
        signed_up_at=now,
    )
    id_ = await store.add_or_revive(
        connection, event_id=event_id, identity=identity, name=sign_up.name, participation=participation
    )
    participation = participation.model_copy(update={"id": id_})
    guest_list = state_of(row)
    await publish(connection, "signed_up", participation, row, now=now)
    return SignedUp(participation=participation, guest_list=guest_list)


async def cancel(connection: Connection, event_id: UUID, participation_id: UUID, *, now: datetime) -> SignedUp:
    """Cancel a sign-up; its places are free at once. Cancelling it again changes nothing."""
    locked = await store.lock_list(connection, event_id)
    row = await store.read_participation(connection, event_id=event_id, id_=participation_id)
    if row is None or locked is None:
        raise not_found("sign-up", participation_id)
    if row["status"] == "cancelled":
        return SignedUp(participation=participation_of(row), guest_list=state_of(locked))
    await store.mark_cancelled(connection, participation_id, now=now)
    freed = await store.free_places(connection, event_id, people=row["people"])
    participation = participation_of(row).model_copy(update={"status": "cancelled"})
    await publish(connection, "cancelled", participation, freed, now=now)
    return SignedUp(participation=participation, guest_list=state_of(freed))


async def report_attendance(connection: Connection, event_id: UUID, *, people: int, now: datetime) -> GuestListState:
    """How many people came. Kept apart from those announced; the last report counts."""
    row = await store.set_actual(connection, event_id, people=people)
    if row is None:
        raise not_found("event", event_id)
    await publish(connection, "attended", None, row, now=now)
    return state_of(row)


async def hold(connection: Connection, event_id: UUID) -> None:
    """Let nobody sign up until the transaction ends."""
    await store.lock_list(connection, event_id)


async def hold_many(connection: Connection, event_ids: Sequence[UUID]) -> None:
    """The same for many."""
    await store.lock_lists(connection, event_ids)


async def resize(connection: Connection, event_id: UUID, *, capacity: int | None, now: datetime) -> Bilingual | None:
    """Change the number of places; answers why not, when more people are signed up."""
    row = await store.set_capacity(connection, event_id, capacity=capacity)
    if row is None:
        current = await store.lock_list(connection, event_id)
        assert current is not None
        return _too_few(current["announced"], held=current["held"])
    await publish(connection, "resized", None, row, now=now)
    return None


def _too_few(announced: int, *, held: int) -> Bilingual:
    offered_fr, offered_en = (f", {held} ont une place proposée", f", {held} are offered a place") if held else ("", "")
    return Bilingual(
        fr=f"Personnes inscrites : {announced}{offered_fr}. Il ne peut pas y avoir moins de places.",
        en=f"{announced} people are signed up{offered_en}: the capacity cannot be less.",
    )


async def _in_turn(
    connection: Connection, event_id: UUID, people: int, *, person_id: UUID, taken: bool
) -> asyncpg.Record | None:
    """The list with the places taken; None when there are not enough, or somebody who waits comes first."""
    if taken:
        await store.give_back(connection, event_id, people=people)
    held = await store.lock_list(connection, event_id)
    assert held is not None
    free = waiting.free_places(held)
    if held["waiting"]:
        if await waiting.own(connection, event_id, person_id=person_id):
            raise _waits_already()
        if await waiting.in_line(connection, event_id, free=free):
            return None
    return await store.take_places(connection, event_id, people=people)


async def _wait(connection: Connection, event_id: UUID, sign_up: SignUp, *, person_id: UUID, now: datetime) -> Entry:
    """Join the waiting list, or hear that the event is full."""
    row = await store.read_list(connection, event_id)
    entry = None
    if sign_up.if_full == "wait" and (row["capacity"] is None or sign_up.people <= row["capacity"]):
        entry = await entries.join(connection, event_id, sign_up=sign_up, person_id=person_id, now=now)
    if entry is None:
        raise _full(row, people=sign_up.people)
    return entry


def _full(row: asyncpg.Record, *, people: int) -> Problem:
    capacity = MOST_PEOPLE if row["capacity"] is None else row["capacity"]
    left = max(waiting.free_places(row), 0)
    if people <= left:
        detail = f"{left} of {capacity} places are free, and offered to people who wait."
        return Problem(409, "No places left", detail, errors=[FieldError("people", "Others wait", _WAIT)])
    remedy = f"Sign up at most {left}, or wait: if_full." if left else _WAIT
    return Problem(
        409,
        "Not enough places left" if left else "No places left",
        f"{left} of {capacity} places are left, {people} are asked for.",
        errors=[FieldError("people", "Not enough places", remedy)],
    )


def _waits_already() -> Problem:
    return Problem(
        409,
        "Already waiting",
        "This address is on the waiting list of this event.",
        errors=[FieldError("email", "It waits already", "Answer by the link in the e-mail, or leave the list there.")],
    )


async def publish(
    connection: Connection, change: str, participation: ParticipationState | None, row: asyncpg.Record, *, now: datetime
) -> None:
    """Tell of a change of a guest list, with its totals after it."""
    body = ParticipationMessage.model_validate(
        {"change": change, "participation": participation, "guest_list": state_of(row)}
    )
    message = outbox.message(
        topic=PARTICIPATIONS, key=str(row["event_id"]), sequence=row["sequence"], body=body, time=now
    )
    await outbox.publish(connection, [message])


def state_of(row: asyncpg.Record) -> GuestListState:
    return GuestListState(
        event_id=row["event_id"],
        edition_id=row["edition_id"],
        capacity=row["capacity"],
        parties=row["parties"],
        announced=row["announced"],
        cancelled=row["cancelled"],
        actual=row["actual"],
    )


def participation_of(row: asyncpg.Record) -> ParticipationState:
    return ParticipationState(
        id=row["id"],
        kind=row["kind"],
        people=row["people"],
        contact_id=row["person_id"],
        status=row["status"],
        notify=row["notify"],
        signed_up_at=row["signed_up_at"],
    )
