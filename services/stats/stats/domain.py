"""What is counted, and under which values of which dimension. Pure: no clock, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, get_args
from uuid import UUID

from shared.contracts.registration import EventState, EventStatus
from shared.contracts.stats import Dimension

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
IN_PROGRAMME: tuple[EventStatus, ...] = ("submitted", "in_review", "labelled")
"""
Statuses of events that are in the programme or on their way: the others are counted by status alone.

Of these, events that are cancelled with their edition are counted by status and occurrence alone.
"""
UNKNOWN = "unknown"
"""Value of region and departement for a place whose commune is not known."""
ALL = "all"
"""The one value of the dimension `total`."""


class Tally(NamedTuple):
    """Figures of one value: events, people announced, people who came."""

    events: int
    announced: int
    actual: int


Figures: TypeAlias = Mapping[Dimension, Mapping[str, Tally]]
NOTHING = Tally(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEvent:
    """The values under which an event counts. It counts once under each theme, audience and hour that it has."""

    event_id: UUID
    sequence: int
    edition_id: str
    status: str
    region: str | None
    departement: str | None
    type: str
    themes: tuple[str, ...]
    audience: tuple[str, ...]
    hours: tuple[str, ...]
    occurrence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which events count: those with one of the values named, in every dimension that names some."""

    status: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    departement: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    hour: tuple[str, ...] = ()
    occurrence: tuple[str, ...] = ()


ANY_EVENT = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """`number` and `status` are None while only events of the edition are known."""

    id: str
    number: int | None
    status: str | None


def counted(event: EventState, *, sequence: int) -> CountedEvent:
    """
    The dimensions of an event. Hours are those of its own time zone, in which its slots are given.

    An event that is postponed without dates has none: its slots are past or will be others.
    """
    slots = () if event.occurrence == "postponed" else event.slots
    return CountedEvent(
        event_id=event.id,
        sequence=sequence,
        edition_id=event.edition_id,
        status=event.status,
        region=event.place.region,
        departement=event.place.departement,
        type=event.type,
        themes=tuple(sorted(set(event.themes))),
        audience=tuple(sorted(set(event.audience))),
        hours=tuple(sorted({f"{slot.begin.hour:02}" for slot in slots})),
        occurrence=event.occurrence,
    )


def changes(*, before: Figures, after: Figures) -> dict[Dimension, dict[str, Tally]]:
    """Tallies of `after` that differ from `before`; a value that has vanished is told as zeros."""
    found: dict[Dimension, dict[str, Tally]] = {}
    for dimension in DIMENSIONS:
        old, new = before.get(dimension, {}), after.get(dimension, {})
        changed = {value: tally for value, tally in new.items() if old.get(value, NOTHING) != tally}
        changed |= {value: NOTHING for value, tally in old.items() if value not in new and tally != NOTHING}
        if changed:
            found[dimension] = changed
    return found


def default_edition(editions: Mapping[str, Edition]) -> Edition | None:
    """The open one; with none or several, the one with the highest number."""
    return max(editions.values(), key=lambda each: (each.status == "open", each.number or 0), default=None)
