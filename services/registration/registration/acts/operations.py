"""Use cases of acts: preview, confirm, and the steps that carry an act through."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from joserfc.jwk import OKPKey

from registration.acts import notices, preview, recipients, store, tokens
from registration.acts.content import ActContent
from registration.acts.days_off import SchoolHolidays
from registration.acts.domain import edition_after, faults, reach
from registration.acts.store import StoredAct
from registration.editions import operations as editions
from registration.editions import store as edition_store
from registration.events import operations as events
from registration.events import store as event_store
from registration.guest_lists import operations as guest_lists
from registration.waiting import entries
from shared import territory
from shared.contracts.registration import EditionState
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.identifiers import new_id

EVENTS_AT_A_TIME = 200
NOTICES_AT_A_TIME = 1000
REMINDERS = (7, 2)
"""Days before the last day for answers."""
_PARIS = ZoneInfo(territory.PARIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an act would do, and the token that allows exactly this."""

    edition: EditionState
    effects: preview.Effects
    audience: recipients.Audience
    token: str


async def show(
    connection: Connection,
    edition_id: str,
    content: ActContent,
    *,
    key: OKPKey,
    school_holidays: SchoolHolidays,
    now: datetime,
) -> Preview:
    """Compute what the act would do. Changes nothing."""
    before = await edition_store.read(connection, edition_id)
    if before is None:
        raise not_found("edition", edition_id)
    act_id = new_id()
    after = edition_after(before, content, id_=act_id, now=now)
    _refuse(before, after, now=now)
    state = await _state(connection, edition_id)
    earlier = await store.read_all(connection, edition_id)
    found = await preview.read_events(connection, edition_id)
    effects = preview.Effects()
    parts = preview.effects(found, before=_referred(earlier, before), after=after, school_holidays=school_holidays)
    for effects in parts:  # noqa: B007 - the last one
        await asyncio.sleep(0)
    return Preview(
        edition=after,
        effects=effects,
        audience=await recipients.audience(connection, edition_id),
        token=tokens.sign(key=key, act_id=act_id, content=content, state=state, now=now),
    )


async def confirm(
    connection: Connection,
    edition_id: str,
    content: ActContent,
    *,
    token: str,
    key: OKPKey,
    by: str,
    now: datetime,
) -> tuple[StoredAct, bool]:
    """
    Decide what was previewed; answers the act and whether it is new. The same token again decides nothing anew.

    409 when the edition or its events are no longer what the preview was computed from.
    """
    digest = hashlib.sha256(token.encode()).digest()
    before = await edition_store.lock(connection, edition_id)
    if before is None:
        raise not_found("edition", edition_id)
    known = await store.by_token(connection, digest)
    if known is not None:
        return known, False
    act_id = tokens.holds(token, key=key, content=content, state=await _state(connection, edition_id))
    if act_id is None:
        errors = [
            FieldError("token", "It belongs to another act, or to other events than there are now", "Preview it.")
        ]
        raise Problem(409, "What was shown has changed", "Preview the act again, then confirm that.", errors=errors)
    after = edition_after(before, content, id_=act_id, now=now)
    _refuse(before, after, now=now)
    assert after.act is not None
    await editions.publish(connection, after, change="changed", now=now)
    await store.supersede(connection, edition_id=edition_id, number=after.act.number)
    await store.insert(connection, before=before, after=after, token=digest, decided_by=by)
    await recipients.hand_over(connection, edition_id=edition_id, number=after.act.number, act_id=act_id)
    made = await store.lock(connection, act_id)
    assert made is not None
    return made, True


async def take_a_step(connection: Connection, act_id: UUID, *, now: datetime) -> bool:
    """The next step of an act; answers whether there may be another one at once."""
    stored = await store.lock(connection, act_id)
    if stored is None or stored.phase in {"settled", "superseded"}:
        return False
    if stored.phase == "moving":
        await _reach_some(connection, stored, now=now)
    else:
        await _tell_some(connection, stored, now=now)
    return True


async def look_after(connection: Connection, act_id: UUID, *, now: datetime) -> bool:
    """Reminders and lapsing of an act whose answers are awaited; answers whether there is more to do at once."""
    stored = await store.lock(connection, act_id)
    if stored is None or stored.phase != "settled":
        return False
    looked_at, _ = await notices.publish(
        connection, act=stored.act, edition_id=stored.edition_id, limit=NOTICES_AT_A_TIME, now=now
    )
    if looked_at:
        return True
    if stored.act.policy != "confirmation" or stored.lapsed_at is not None:
        return False
    return await _remind(connection, stored, now=now) or await _lapse_some(connection, stored, now=now)


async def _reach_some(connection: Connection, stored: StoredAct, *, now: datetime) -> None:
    act, edition_id = stored.act, stored.edition_id
    found = await store.unreached(connection, edition_id=edition_id, number=act.number, limit=EVENTS_AT_A_TIME)
    if not found:
        people = await recipients.add(connection, act=act, edition_id=edition_id, change="act", concerned="going")
        await store.begin_telling(connection, act.id, recipients=people, now=now)
        return
    earlier = await store.read_all(connection, edition_id)
    referred = _referred([each for each in earlier if each.act.number < act.number], stored.before)
    ids = [id_ for id_, _ in found]
    await event_store.lock_organisers(connection, list({organiser for _, organiser in found}))
    await guest_lists.hold_many(connection, ids)
    locked = await event_store.lock(connection, ids)
    messages: list[outbox.Message] = []
    reached = [event for event in locked.values() if event.act_number < act.number and event.status != "withdrawn"]
    for event in reached:
        change = reach(event, act=act, before=referred[event.act_number], after=stored.after, now=now)
        messages += event.messages(change)
    if reached:
        await event_store.update(connection, reached)
        await outbox.publish(connection, messages)
    if act.kind == "cancelled":
        await entries.close(connection, [event.id for event in reached], told_by_act=True, now=now)
    await store.add_reached(connection, act.id, events=len(reached))


async def _tell_some(connection: Connection, stored: StoredAct, *, now: datetime) -> None:
    looked_at, told = await notices.publish(
        connection, act=stored.act, edition_id=stored.edition_id, limit=NOTICES_AT_A_TIME, now=now
    )
    await store.add_told(connection, stored.act.id, people=told)
    if not looked_at:
        await store.settle(connection, stored.act.id, now=now)


async def _remind(connection: Connection, stored: StoredAct, *, now: datetime) -> bool:
    """The reminder that is due, if one is: of two that fell due while nobody looked, the later one alone."""
    act = stored.act
    assert act.respond_by is not None
    today, decided_on = now.astimezone(_PARIS).date(), act.decided_at.astimezone(_PARIS).date()
    due = [
        days
        for days in REMINDERS
        if days not in stored.reminded and decided_on < act.respond_by - timedelta(days=days) <= today
    ]
    if not due or today > act.respond_by:
        return False
    await recipients.add(
        connection,
        act=act,
        edition_id=stored.edition_id,
        change="reminder",
        concerned="awaited",
        reminder=min(due),
        guests=False,
    )
    await store.add_reminded(connection, act.id, days=due)
    return True


async def _lapse_some(connection: Connection, stored: StoredAct, *, now: datetime) -> bool:
    """Withdraw what nobody has confirmed; once the day is over everywhere, tell whom it concerns."""
    act = stored.act
    assert act.respond_by is not None
    ids = await store.overdue(
        connection,
        edition_id=stored.edition_id,
        number=act.number,
        respond_by=act.respond_by,
        now=now,
        limit=EVENTS_AT_A_TIME,
    )
    if ids:
        await events.lapse(connection, ids, now=now)
        return True
    answers = await store.answers(connection, edition_id=stored.edition_id, number=act.number)
    if answers["awaited"] or now.astimezone(_PARIS).date() <= act.respond_by:
        return False
    await recipients.add(connection, act=act, edition_id=stored.edition_id, change="lapsed", concerned="lapsed")
    await store.mark_lapsed(connection, act.id, now=now)
    return True


def _referred(earlier: Sequence[StoredAct], last: EditionState) -> list[EditionState]:
    """The edition that an event's slots refer to, by the number of the last act that has reached it."""
    return [*(each.before for each in earlier), last]


def _refuse(before: EditionState, after: EditionState, *, now: datetime) -> None:
    found = faults(before, after, today=now.astimezone(_PARIS).date())
    if found:
        raise Problem(422, "The act contradicts itself", "Correct the fields named.", errors=found)


async def _state(connection: Connection, edition_id: str) -> list[object]:
    """What a preview is computed from, in short."""
    sequence = await edition_store.sequence_of(connection, edition_id)
    return [edition_id, sequence, *await store.state_of_events(connection, edition_id)]
