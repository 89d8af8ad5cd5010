"""What an act would do, before it is done. Changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from registration.acts.days_off import SchoolHolidays
from registration.acts.shifting import days_of, days_to_move, inside, regional_window, shifted
from shared.contracts.registration import EditionState, RegionalWindow, Slot
from shared.runtime.database import Connection
from shared.territory.public_holidays import is_public_holiday

_SAMPLES = 50
_EVENTS = """
SELECT e.id, e.content->>'title' AS title, e.content->'slots' AS slots, e.time_zone, e.departement, e.region, e.status,
       e.in_catalogue, e.act_number
FROM events e WHERE e.edition_id = $1 AND e.status <> 'withdrawn' ORDER BY e.id
"""


class Moving(NamedTuple):
    """An event, as far as an act moves it."""

    id: UUID
    title: str
    slots: tuple[Slot, ...]
    time_zone: str
    departement: str | None
    region: str | None
    in_catalogue: bool
    act_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One event that somebody should look at: where it was, where it goes."""

    id: UUID
    title: str
    departement: str | None
    slots: tuple[Slot, ...]
    new_slots: tuple[Slot, ...]


@dataclass(slots=True, kw_only=True)
class Found:
    """How many events something is said of, and the first of them."""

    events: int = 0
    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        self.events += 1
        if len(self.samples) < _SAMPLES:
            self.samples.append(sample)


@dataclass(slots=True, kw_only=True)
class Place:
    """What becomes of the events of a territory with windows of its own, or of all places that have none."""

    events: int = 0
    outside_dates: int = 0
    outside_label_window: int = 0


@dataclass(slots=True, kw_only=True)
class Effects:
    """What happens to the events of an edition."""

    events: int = 0
    in_catalogue: int = 0
    """Of which the public and partners learn."""
    moved: int = 0
    other_distance: Found = field(default_factory=Found)
    """Moved by another number of days than the edition, to keep their weekday or with their region."""
    public_holiday: Found = field(default_factory=Found)
    school_holiday: Found = field(default_factory=Found)
    school_holidays_unknown: int = 0
    """Events at places or times whose calendar is not known, or without a département."""
    school_holidays_unknown_in: set[str] = field(default_factory=set)
    """Départements of these."""
    outside_dates: Found = field(default_factory=Found)
    outside_label_window: Found = field(default_factory=Found)
    places: dict[str | None, Place] = field(default_factory=dict)
    """By territory with windows of its own; None is everywhere else."""


async def read_events(connection: Connection, edition_id: str) -> list[Moving]:
    """All events of the edition that are not withdrawn."""
    return [
        Moving(
            id=row["id"],
            title=row["title"],
            slots=tuple(
                Slot(begin=datetime.fromisoformat(slot["begin"]), end=datetime.fromisoformat(slot["end"]))
                for slot in row["slots"]
            ),
            time_zone=row["time_zone"],
            departement=row["departement"],
            region=row["region"],
            in_catalogue=row["in_catalogue"],
            act_number=row["act_number"],
        )
        for row in await connection.fetch(_EVENTS, edition_id)
    ]


def effects(
    events: Sequence[Moving], *, before: Sequence[EditionState], after: EditionState, school_holidays: SchoolHolidays
) -> Iterator[Effects]:
    """
    What the act does to these events, in parts, so that others get their turn; the last one is complete.

    `before`: the edition that the slots of events refer to which the so-manyth act has reached.
    """
    found = Effects(places={None: Place(), **{each.territory: Place() for each in after.regional_windows}})
    for number, event in enumerate(events):
        _add(found, event, before=before[event.act_number], after=after, school_holidays=school_holidays)
        if number % 200 == 0:
            yield found
    yield found


def _add(
    found: Effects, event: Moving, *, before: EditionState, after: EditionState, school_holidays: SchoolHolidays
) -> None:
    found.events += 1
    found.in_catalogue += event.in_catalogue
    assert after.act is not None
    if after.act.kind != "postponed":
        return
    where = {"departement": event.departement, "region": event.region}
    days = days_to_move(event.slots, before=before, after=after, **where)
    new = shifted(event.slots, days=days, time_zone=event.time_zone)
    sample = Sample(id=event.id, title=event.title, departement=event.departement, slots=event.slots, new_slots=new)
    found.moved += new != event.slots
    if days != (after.dates.first_day - before.dates.first_day).days:
        found.other_distance.add(sample)
    _add_days_off(found, event, sample, school_holidays=school_holidays)
    _add_outside(found, sample, own=regional_window(after, **where), after=after)


def _add_outside(found: Effects, sample: Sample, *, own: RegionalWindow | None, after: EditionState) -> None:
    windows, place = own or after, found.places[own.territory if own else None]
    place.events += 1
    if not inside(sample.new_slots, windows.dates):
        found.outside_dates.add(sample)
        place.outside_dates += 1
    if not inside(sample.new_slots, windows.label_window):
        found.outside_label_window.add(sample)
        place.outside_label_window += 1


def _add_days_off(found: Effects, event: Moving, sample: Sample, *, school_holidays: SchoolHolidays) -> None:
    days = {day for slot in sample.new_slots for day in days_of(slot)}
    if any(is_public_holiday(day, departement=event.departement) for day in days):
        found.public_holiday.add(sample)
    school = [school_holidays.include(day, departement=event.departement) for day in days]
    if any(school):
        found.school_holiday.add(sample)
    if None in school:
        found.school_holidays_unknown += 1
        found.school_holidays_unknown_in |= {event.departement} if event.departement else set()
