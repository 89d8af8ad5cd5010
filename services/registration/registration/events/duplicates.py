"""Which event says what an earlier one says. The order of submission decides, and only this service knows it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from registration.events import store
from registration.events.stored import StoredEvent
from shared.runtime.database import Connection


class Saying(Protocol):
    """An event, as far as it says the same as another."""

    @property
    def id(self) -> UUID: ...
    @property
    def duplicate_of(self) -> UUID | None: ...


async def mark(
    connection: Connection, *, edition_id: str, events: Sequence[StoredEvent], before: Mapping[UUID, frozenset[str]]
) -> None:
    """
    Set `duplicate_of` of events just submitted or amended, in their order.

    `before`: marks of likeness of those amended. What an amendment leaves as it was makes nothing a duplicate, or the
    first of two would become the second by a correction.
    """
    marks = {each for event in events for each in event.likeness}
    known = await store.alike(
        connection, edition_id=edition_id, marks=list(marks), apart_from=[event.id for event in events]
    )
    saying: dict[str, list[Saying]] = defaultdict(list)
    for other in known:
        _add(saying, other, other.likeness)
    for event in events:
        _add(saying, event, before.get(event.id, frozenset()).intersection(event.likeness))
    for event in events:
        event.duplicate_of = _original(event, saying, before.get(event.id, frozenset()))
        _add(saying, event, event.likeness)


def _add(saying: dict[str, list[Saying]], event: Saying, marks: Iterable[str]) -> None:
    for each in marks:
        saying[each].append(event)


def _original(event: StoredEvent, saying: Mapping[str, list[Saying]], before: frozenset[str]) -> UUID | None:
    """The event that this one repeats: as before while that is so, else the first that says what is new in it."""
    alike = {mark: [other for other in saying.get(mark, ()) if other.id != event.id] for mark in event.likeness}
    if any(other.id == event.duplicate_of for others in alike.values() for other in others):
        return event.duplicate_of
    new = [other for mark, others in alike.items() if mark not in before for other in others]
    repeated = [other for other in new if other.duplicate_of != event.id]
    originals = [other for other in repeated if other.duplicate_of is None]
    return next((other.id for other in (*originals, *repeated)), None)
