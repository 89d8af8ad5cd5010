"""When events take place, in local time."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from semaine.generation.editions import Days

Slot = tuple[datetime, datetime]
_SHARE_IN_THE_WEEK = 0.85
_SATURDAY, _SUNDAY = 5, 6
_EVENING = 16
_FAR = timedelta(weeks=2)


def draw_slots(random: Random, *, kind: dict[str, Any], week: Days, label_window: Days) -> list[Slot]:
    """One or several slots inside the label window, most in the week, none overlapping, in order."""
    days = _open_days(week if random.random() < _SHARE_IN_THE_WEEK else label_window, saturday=kind["saturday"])
    length = timedelta(minutes=random.choice(kind["minutes"]))
    slots: list[Slot] = []
    for _ in range(random.randint(*kind["slots"])):
        begin = datetime.combine(random.choice(days), time.fromisoformat(random.choice(kind["hours"])))
        end = _closed(begin, begin + length)
        if all(end <= other or until <= begin for other, until in slots):
            slots.append((begin, end))
    return sorted(slots)


def outside(random: Random, slots: list[Slot], *, label_window: Days) -> list[Slot]:
    """The same slots by whole weeks earlier or later, all two weeks or more away from the label window."""
    if random.random() < 0.5:  # noqa: PLR2004
        away = slots[-1][1].date() - label_window.first + _FAR
        shift = -timedelta(weeks=_weeks(away) + random.randrange(6))
    else:
        away = label_window.last - slots[0][0].date() + _FAR
        shift = timedelta(weeks=_weeks(away) + random.randrange(6))
    return [(begin + shift, end + shift) for begin, end in slots]


def as_row(slots: list[Slot]) -> list[dict[str, str]]:
    return [
        {"begin": begin.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")} for begin, end in slots
    ]


def _closed(begin: datetime, end: datetime) -> datetime:
    """Doors close at seven in the evening, but for what begins late in the afternoon."""
    closing = begin.replace(hour=19, minute=0)
    return end if begin.hour >= _EVENING else min(end, closing)


def _weeks(duration: timedelta) -> int:
    """Whole weeks that last at least as long."""
    return -(-duration // timedelta(weeks=1))


def _open_days(days: Days, *, saturday: bool) -> list[date]:
    every = (days.first + timedelta(days=number) for number in range((days.last - days.first).days + 1))
    return [day for day in every if day.weekday() < _SATURDAY or (saturday and day.weekday() != _SUNDAY)]
