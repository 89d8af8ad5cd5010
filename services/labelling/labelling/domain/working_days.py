"""Working days: Monday to Friday without the public holidays of the territory."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.territory.public_holidays import is_public_holiday

_SATURDAY = 5


def working_days_after(*, day: date, days: int, departement: str | None) -> date:
    """The working day that is `days` working days after `day`, which itself does not count."""
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day=day, departement=departement):
            days -= 1
    return day


def is_working_day(*, day: date, departement: str | None) -> bool:
    return day.weekday() < _SATURDAY and not is_public_holiday(day, departement=departement)


def review_due_on(*, since: datetime, time_zone: str, departement: str | None, working_days: int) -> date:
    """The last day for the committee's answer, by the local date of what it is to judge."""
    since_day = since.astimezone(ZoneInfo(time_zone)).date()
    return working_days_after(day=since_day, days=working_days, departement=departement)


def end_of(day: date, *, time_zone: str) -> datetime:
    """When a day is over at a place."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))
