"""Working days: Monday to Friday without the public holidays of the territory."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_SUBDIVISIONS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Départements and collectivities with holidays of their own, as the library names them."""

_SATURDAY = 5


def working_days_after(*, day: date, days: int, departement: str | None) -> date:
    """The working day that is `days` working days after `day`, which itself does not count."""
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day=day, departement=departement):
            days -= 1
    return day


def is_working_day(*, day: date, departement: str | None) -> bool:
    return day.weekday() < _SATURDAY and day not in _holidays(day.year, _SUBDIVISIONS.get(departement or ""))


def review_due_on(*, since: datetime, time_zone: str, departement: str | None, working_days: int) -> date:
    """The last day for the committee's answer, by the local date of what it is to judge."""
    since_day = since.astimezone(ZoneInfo(time_zone)).date()
    return working_days_after(day=since_day, days=working_days, departement=departement)


def end_of(day: date, *, time_zone: str) -> datetime:
    """When a day is over at a place."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))


@lru_cache(maxsize=256)
def _holidays(year: int, subdivision: str | None) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year))
