"""What organisers answer to an act, event by event. Late, double and superseded answers get a clear result."""

from datetime import datetime
from zoneinfo import ZoneInfo

from registration.acts import recipients, store
from registration.acts.content import AnswerContent
from registration.editions import store as editions
from registration.events import operations as events
from registration.events import store as event_store
from registration.events.stored import StoredEvent
from registration.guest_lists import operations as guest_lists
from shared.contracts.registration import Act, EditionState
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem


async def answer(connection: Connection, event: StoredEvent, content: AnswerContent, *, now: datetime) -> StoredEvent:
    """
    Confirm the event, change its dates or withdraw it. The same answer again changes nothing.

    409 says what holds instead: the act does not reach the event, was superseded, or its time is over.
    """
    edition = await editions.hold(connection, event.edition_id)
    assert edition is not None
    await event_store.lock_organisers(connection, [event.organiser.id])
    await guest_lists.hold(connection, event.id)
    event = (await event_store.lock(connection, [event.id]))[event.id]
    if event.status == "withdrawn":
        if content.answer == "withdraw":
            return event
        raise Problem(409, "The event is withdrawn", _withdrawn(event))
    act = await _answered_act(connection, event, edition, content)
    if content.answer == "withdraw":
        return await _withdraw(connection, event, act, now=now)
    _check_in_time(event, act, now=now)
    if content.answer == "confirm":
        await _confirm(connection, event, now=now)
    else:
        await _change(connection, event, content, edition=edition, now=now)
    return event


async def _answered_act(
    connection: Connection, event: StoredEvent, edition: EditionState, content: AnswerContent
) -> Act:
    events.check_reached(event, edition)
    if event.act_number == 0 or event.status_before_act is None:
        raise Problem(409, "Nothing to answer", "The dates of this event were not changed by an act on the edition.")
    if content.act != event.act_number:
        detail = f"This answers act {content.act}; the event's dates are those of act {event.act_number}: answer that."
        raise Problem(
            409, "There is a later act", detail, errors=[FieldError("act", "It has been superseded", "Read the event.")]
        )
    stored = await store.read(connection, edition_id=event.edition_id, number=event.act_number)
    assert stored is not None
    if stored.act.kind != "postponed" and content.answer != "withdraw":
        detail = (
            "The edition is cancelled: there is nothing to confirm."
            if stored.act.kind == "cancelled"
            else "The new dates are not known yet: you are asked once they are. Withdraw the event, or wait."
        )
        raise Problem(409, "Nothing to answer", detail)
    return stored.act


async def _withdraw(connection: Connection, event: StoredEvent, act: Act, *, now: datetime) -> StoredEvent:
    """Its guests are told by the worker."""
    withdrawn = await events.withdraw(connection, event.id, told_by_act=True, now=now)
    await recipients.add(
        connection,
        act=act,
        edition_id=event.edition_id,
        change="lapsed",
        concerned="lapsed",
        organisers=False,
        event_id=event.id,
    )
    return withdrawn


async def _confirm(connection: Connection, event: StoredEvent, *, now: datetime) -> None:
    if event.answer in {"confirmed", "changed"}:
        return
    event.answer = "confirmed"
    event.sequence += 1
    event.changed_at = now
    messages = event.messages("answered")
    await event_store.update(connection, [event])
    await outbox.publish(connection, messages)


async def _change(
    connection: Connection, event: StoredEvent, content: AnswerContent, *, edition: EditionState, now: datetime
) -> None:
    assert content.slots is not None
    if content.slots == event.content.slots:
        return await _confirm(connection, event, now=now)
    event.answer = "changed"
    changed = event.content.model_copy(update={"slots": content.slots})
    return await events.amend_held(connection, event, changed, edition=edition, now=now)


def _check_in_time(event: StoredEvent, act: Act, *, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(event.territory.time_zone)).date()
    if act.respond_by is not None and today > act.respond_by and event.answer not in {"confirmed", "changed"}:
        raise Problem(
            409,
            "Too late",
            f"Answers were possible until {act.respond_by}. Submit a new event if the edition still takes some.",
        )


def _withdrawn(event: StoredEvent) -> str:
    if event.answer == "awaited":
        return f"It was withdrawn on {event.changed_at.date()}, because nobody had confirmed it. Submit a new event."
    return f"It was withdrawn on {event.changed_at.date()}. Submit a new event."
