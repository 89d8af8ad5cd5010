"""How events move with their edition: in their own local time, on the same weekday. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.contracts.registration import EditionState, RegionalWindow, Slot, Window

_WEEK = 7
_LAST_YEAR = 2100
"""No slot lies beyond: see `events.content`."""


def regional_window(edition: EditionState, *, departement: str | None, region: str | None) -> RegionalWindow | None:
    """The windows of a place's own: its département's, else its region's."""
    for territory in (departement, region and f"R{region}"):
        for regional in edition.regional_windows:
            if regional.territory == territory:
                return regional
    return None


def dates_at(edition: EditionState, *, departement: str | None, region: str | None) -> Window:
    """When the edition takes place there."""
    regional = regional_window(edition, departement=departement, region=region)
    return regional.dates if regional else edition.dates


def label_window_at(edition: EditionState, *, departement: str | None, region: str | None) -> Window:
    """In which days an event there can be labelled."""
    regional = regional_window(edition, departement=departement, region=region)
    return regional.label_window if regional else edition.label_window


def days_to_move(
    slots: Sequence[Slot], *, before: EditionState, after: EditionState, departement: str | None, region: str | None
) -> int:
    """
    By how many days an event moves whose slots refer to `before`: by as many as the edition does at its place.

    Where these are no whole weeks, by the nearest number of whole weeks that keeps it inside the dates if it was
    inside, else inside the label window; the nearest at all where none does. So each slot keeps its weekday.
    """
    old, new = (dates_at(each, departement=departement, region=region) for each in (before, after))
    days = (new.first_day - old.first_day).days
    if days % _WEEK == 0:
        return days
    wider = label_window_at(after, departement=departement, region=region)
    windows = [new, wider] if inside(slots, old) else [wider]
    candidates = list(_whole_weeks_near(days, reach=(wider.last_day - wider.first_day).days + _WEEK))
    for window in windows:
        for candidate in candidates:
            if inside([moved(slot, days=candidate) for slot in slots], window):
                return candidate
    return candidates[0]


def shifted(slots: Sequence[Slot], *, days: int, time_zone: str) -> tuple[Slot, ...]:
    """
    The slots so many days later at the same local time, whatever clocks do in between.

    A time that the clocks skip on the new day becomes as much later as they skip. What would lie beyond 2100 stays.
    """
    zone = ZoneInfo(time_zone)
    return tuple(_that_exists(moved(slot, days=days), zone) for slot in slots)


def moved(slot: Slot, *, days: int) -> Slot:
    """The slot so many days later by the calendar."""
    distance = timedelta(days=days)
    if (slot.end + distance).year > _LAST_YEAR:
        return slot
    return Slot(begin=slot.begin + distance, end=slot.end + distance)


def inside(slots: Sequence[Slot], window: Window) -> bool:
    """Whether all of them lie inside."""
    return all(window.first_day <= slot.begin.date() and last_day(slot) <= window.last_day for slot in slots)


def last_day(slot: Slot) -> date:
    """The last day that has a part of the slot: an end at midnight belongs to the day before."""
    return max(slot.begin, slot.end - timedelta(microseconds=1)).date()


def days_of(slot: Slot) -> Iterator[date]:
    """Each day that has a part of the slot."""
    day = slot.begin.date()
    while day <= last_day(slot):
        yield day
        day += timedelta(days=1)


def _whole_weeks_near(days: int, *, reach: int) -> Iterator[int]:
    """Whole weeks in days, the nearest to `days` first, the earlier one of two as near."""
    lower = days // _WEEK * _WEEK
    near = (lower + weeks * _WEEK for weeks in range(-reach // _WEEK, reach // _WEEK + 2))
    yield from sorted(near, key=lambda each: (abs(each - days), each))


def _that_exists(slot: Slot, zone: ZoneInfo) -> Slot:
    begin, end = _existing(slot.begin, zone), _existing(slot.end, zone)
    return Slot(begin=begin, end=end if end > begin else begin + (slot.end - slot.begin))


def _existing(local: datetime, zone: ZoneInfo) -> datetime:
    """The local time itself, or what clocks show then that skip it."""
    there = local.replace(tzinfo=zone)
    back = there.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None, fold=0)
    return max(local, back)
