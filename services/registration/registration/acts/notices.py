"""Notices of acts: what each person has to hear, published once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from registration.acts import recipients
from registration.acts.recipients import MOST_LISTED, NO_EVENT, Concerned, Pending
from shared.contracts.registration import Act, NoticeMessage, NoticeState, SignedUpFor, WaitsFor
from shared.contracts.topics import NOTICES
from shared.runtime import outbox
from shared.runtime.database import Connection

_CONCERNED: Mapping[str, Concerned] = {"act": "going", "reminder": "awaited", "lapsed": "lapsed"}


async def publish(connection: Connection, *, act: Act, edition_id: str, limit: int, now: datetime) -> tuple[int, int]:
    """
    Publish some of what is pending; answers how many notices were looked at, and how many had something to say.

    Whoever has answered, withdrawn or cancelled everything meanwhile is told nothing.
    """
    found = await recipients.pending(connection, act.id, limit=limit)
    chosen = list({notice.recipient_id: notice for notice in found}.values())
    if not chosen:
        return 0, 0
    states = await _states(connection, chosen, act=act, edition_id=edition_id)
    empty = [notice for notice in chosen if notice.recipient_id not in states]
    told = [notice for notice in chosen if notice.recipient_id in states]
    await recipients.forget(connection, act.id, empty)
    sequences = await recipients.number(connection, act.id, told)
    over = [entry.entry_id for state in states.values() for entry in state.waiting if entry.closed]
    await recipients.waiting_told(connection, over)
    await outbox.publish(
        connection,
        [
            outbox.message(
                topic=NOTICES,
                key=str(notice.recipient_id),
                sequence=sequences[notice.recipient_id],
                body=NoticeMessage(change=notice.change, notice=states[notice.recipient_id]),
                time=now,
            )
            for notice in told
        ],
    )
    return len(chosen), len(told)


def notice_id(*, act: Act, notice: Pending) -> UUID:
    """The same however often it is computed."""
    about = "" if notice.event_id == NO_EVENT else str(notice.event_id)
    return uuid5(act.id, f"{notice.change} {notice.reminder} {about} {notice.recipient_id}")


async def _states(
    connection: Connection, notices: Sequence[Pending], *, act: Act, edition_id: str
) -> dict[UUID, NoticeState]:
    """What each has to hear, by recipient; nobody who has nothing to hear."""
    found: dict[UUID, NoticeState] = {}
    for group in _alike(notices):
        organised, signed_up, waiting = await _concerned(connection, group, edition_id=edition_id)
        for notice in group:
            events = [event for organiser in notice.organiser_ids for event in organised.get(organiser, ())]
            sign_ups = signed_up.get(notice.person_id, []) if notice.person_id else []
            waits_for = waiting.get(notice.person_id, []) if notice.person_id else []
            if events or sign_ups or waits_for:
                found[notice.recipient_id] = NoticeState(
                    id=notice_id(act=act, notice=notice),
                    edition_id=edition_id,
                    act=act,
                    recipient_id=notice.recipient_id,
                    reminder=notice.reminder,
                    organised=tuple(events[:MOST_LISTED]),
                    organised_total=len(events),
                    sign_ups=tuple(sign_ups[:MOST_LISTED]),
                    sign_ups_total=len(sign_ups),
                    waiting=tuple(waits_for[:MOST_LISTED]),
                    waiting_total=len(waits_for),
                )
    return found


async def _concerned(
    connection: Connection, group: Sequence[Pending], *, edition_id: str
) -> tuple[dict[UUID, list[UUID]], dict[UUID, list[SignedUpFor]], dict[UUID, list[WaitsFor]]]:
    first = group[0]
    concerned = _CONCERNED[first.change]
    organised = await recipients.organised(
        connection,
        act_number=first.act_number,
        edition_id=edition_id,
        concerned=concerned,
        organiser_ids=[id_ for notice in group for id_ in notice.organiser_ids],
    )
    events: dict[str, Any] = {
        "act_number": first.act_number,
        "edition_id": edition_id,
        "concerned": concerned,
        "event_id": None if first.event_id == NO_EVENT else first.event_id,
    }
    people = [notice.person_id for notice in group if notice.person_id is not None]
    signed_up = await recipients.sign_ups(connection, **events, person_ids=people)
    return organised, signed_up, await recipients.waiting(connection, **events, person_ids=people)


def _alike(notices: Sequence[Pending]) -> Iterator[list[Pending]]:
    """Those of which one question finds the content."""
    groups: dict[tuple[str, int, UUID], list[Pending]] = {}
    for notice in notices:
        groups.setdefault((notice.change, notice.act_number, notice.event_id), []).append(notice)
    yield from groups.values()
