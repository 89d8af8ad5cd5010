"""Use cases of likenesses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from labelling.domain import likeness as rules
from labelling.likenesses import store
from shared.contracts.registration import EventState
from shared.runtime.database import Connection

_AT_A_TIME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Two events that may be one: the same organiser, place and time, or texts that are `likeness` alike."""

    first: UUID
    second: UUID
    same_place_and_time: bool
    likeness: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Events that hang together by links."""

    events: list[store.Candidate]
    links: list[Link]


async def mark_some(connection: Connection) -> bool:
    """Make the marks of events that are new or amended; False when there are none left."""
    events = await store.take_unmarked(connection, limit=_AT_A_TIME)
    await store.mark(connection, events, _marks(events))
    return bool(events)


async def groups(
    connection: Connection, event_ids: Sequence[UUID], *, departements: list[str] | None, whole: bool = False
) -> list[Group]:
    """
    The groups in which these events are, the most alike first.

    `whole`: all that is like them; else a pair is told for the event with the lower id alone, so that pages of events
    tell it once. `departements`: of the events, if they are of some.
    """
    found = await store.pairs(connection, event_ids, departements=departements, whole=whole, shared=rules.SHARED_MARKS)
    known = await store.candidates(connection, list({id_ for first, second, _ in found for id_ in (first, second)}))
    links: dict[frozenset[UUID], Link] = {}
    for first, second, kind in found:
        if first not in known or second not in known:
            continue
        alike = round(rules.likeness(known[first].event, known[second].event), 2)
        same = kind == "place" or (
            (before := links.get(frozenset((first, second)))) is not None and before.same_place_and_time
        )
        if same or alike >= rules.ALIKE_FROM:
            links[frozenset((first, second))] = Link(
                first=min(first, second), second=max(first, second), same_place_and_time=same, likeness=alike
            )
    return sorted(_grouped(known, list(links.values())), key=lambda group: -max(each.likeness for each in group.links))


def _grouped(known: dict[UUID, store.Candidate], links: Sequence[Link]) -> Iterator[Group]:
    ids = sorted({id_ for link in links for id_ in (link.first, link.second)})
    numbers = {id_: number for number, id_ in enumerate(ids)}
    together = rules.grouped(((numbers[link.first], numbers[link.second]) for link in links), count=len(ids))
    for group in together:
        members = {ids[number] for number in group}
        yield Group(
            events=[known[id_] for id_ in sorted(members)],
            links=[link for link in links if link.first in members],
        )


def _marks(events: Sequence[EventState]) -> Iterator[tuple[str, store.Kind, int, UUID]]:
    for event in events:
        yield from ((event.edition_id, "text", mark, event.id) for mark in rules.text_marks(event))
        yield from ((event.edition_id, "place", mark, event.id) for mark in rules.place_marks(event))
