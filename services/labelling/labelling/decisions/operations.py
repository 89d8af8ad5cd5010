"""Use cases of decisions: once per event, revision and charter version."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from labelling.charters import operations as charters
from labelling.decisions import store
from labelling.domain.decision import decide
from shared.contracts import topics
from shared.contracts.labelling import DecisionMessage, DecisionState
from shared.contracts.registration import EditionMessage, EventMessage, EventState
from shared.runtime import outbox
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id

_AT_A_TIME = 1000
_BREATHE_EVERY = 50
"""Decisions after which other tasks get their turn: about 10 ms."""


async def take_in_events(connection: Connection, received: Sequence[Received[EventMessage]], *, now: datetime) -> None:
    """
    Keep the latest state of events and decide what is not decided.

    Withdrawn and cancelled events leave the queue; events whose edition is not here yet, or not yet as the act that has
    reached them has made it, wait for it.
    """
    events = [message.body.event for message in received if message.body is not None]
    for event in events:
        _check_time_zone(event.time_zone)
    ids = [event.id for event in events]
    await store.lock_against_editions(connection)
    await store.save_cases(connection, events)
    await store.close_overtaken_reviews(connection, ids, now=now)
    waiting = await store.waiting_of(connection, ids)
    await _decide(connection, [event for event in events if event.id in waiting], now=now)


async def take_in_editions(
    connection: Connection, received: Sequence[Received[EditionMessage]], *, now: datetime
) -> None:
    """Keep editions, and decide the events that came before theirs. What is decided stays decided."""
    await store.lock_against_events(connection)
    await store.save_editions(connection, [message.body.edition for message in received if message.body is not None])
    await decide_waiting(connection, now=now)


async def decide_waiting(connection: Connection, *, now: datetime) -> None:
    """Decide every event that waits and has its edition and a charter by now."""
    await store.lock_against_events(connection)
    after = None
    while waiting := await store.waiting_after(connection, after=after, limit=_AT_A_TIME):
        await _decide(connection, waiting, now=now)
        after = waiting[-1].id


async def decide_again(
    connection: Connection, events: Sequence[EventState], *, promised: Mapping[UUID, date], now: datetime
) -> list[DecisionState]:
    """
    Decide events by the charter in force, whatever is decided of them; the caller has locked their cases.

    `promised`: by when the committee was to answer already; a charter puts nothing off. A verdict that is confirmed is
    published, but its organiser is not told again.
    """
    made = [
        decision.model_copy(update={"due_on": promised[decision.event_id]})
        if decision.due_on is not None and decision.event_id in promised
        else decision
        for decision in await _decided(connection, events, now=now, since=now)
    ]
    await publish(connection, made, change="decided", now=now, quietly=True)
    return made


async def publish(
    connection: Connection,
    decisions: Sequence[DecisionState],
    *,
    change: Literal["decided", "reviewed"],
    now: datetime,
    quietly: bool = False,
) -> None:
    """Keep decisions and tell of those that are new; `quietly`: of a verdict that was so before, the topic alone."""
    standing = await store.standing(connection, [decision.event_id for decision in decisions])
    told = {each.id for each in decisions if not standing[each.event_id].confirmed_by(each, quietly=quietly)}
    sequences = await store.insert_decisions(connection, decisions, told=told, now=now)
    new = [decision for decision in decisions if decision.event_id in sequences]
    in_review = [each for each in new if each.verdict == "in_review"]
    await store.open_reviews(connection, in_review, standing=standing, now=now)
    await outbox.publish(
        connection,
        [
            outbox.message(
                topic=topics.DECISIONS,
                key=str(decision.event_id),
                sequence=sequences[decision.event_id],
                body=DecisionMessage(
                    change=change,
                    notify=decision.id in told,
                    before=standing[decision.event_id].verdict,
                    decision=decision,
                ),
                time=now,
            )
            for decision in new
        ],
    )


async def _decide(connection: Connection, events: Sequence[EventState], *, now: datetime) -> None:
    decisions = await _decided(connection, events, now=now)
    if decisions:
        await publish(connection, decisions, change="decided", now=now)
        await store.to_be_marked(connection, [decision.event_id for decision in decisions])


async def _decided(
    connection: Connection, events: Sequence[EventState], *, now: datetime, since: datetime | None = None
) -> list[DecisionState]:
    """What the charters in force say of events; those whose edition is not here, or has no charter, are left out."""
    edition_ids = list({event.edition_id for event in events})
    editions = await store.read_editions(connection, edition_ids)
    held = await charters.current(connection, edition_ids)
    ready = [event for event in events if event.edition_id in editions and event.edition_id in held]
    decisions: list[DecisionState] = []
    for number, event in enumerate(ready):
        if number % _BREATHE_EVERY == 0:
            await asyncio.sleep(0)
        edition, charter = editions[event.edition_id], held[event.edition_id]
        decisions.append(decide(event=event, edition=edition, charter=charter, id_=new_id(), now=now, since=since))
    return decisions


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Refused(f"time_zone: {name!r} is no IANA zone; write one such as Europe/Paris") from error
