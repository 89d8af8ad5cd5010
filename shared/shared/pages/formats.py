"""Dates, times and numbers as people of each language write them (CLDR, by Babel)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from shared.contracts.base import Language

_LOCALES: Mapping[Language, str] = {"fr": "fr_FR", "en": "en_GB"}
_PARIS = ZoneInfo("Europe/Paris")


def locale_of(language: Language) -> Locale:
    return Locale.parse(_LOCALES[language])


def filters(language: Language) -> dict[str, Callable[..., str]]:
    """Jinja filters: `number`, `day`, `short_day`, `days`, `clock`, `moment`."""
    locale = locale_of(language)
    functions: tuple[Callable[..., str], ...] = (number, day, short_day, days, clock, moment)
    return {function.__name__: partial(_swapped, function, locale) for function in functions}


def _swapped(function: Callable[..., str], locale: Locale, *arguments: Any, **named: Any) -> str:
    return function(*arguments, locale=locale, **named)


def number(value: float, *, locale: Locale) -> str:
    """Like 4 763 (a narrow space that does not break)."""
    return str(numbers.format_decimal(value, locale=locale))


def day(value: date, *, locale: Locale) -> str:
    """Like lundi 16 novembre 2020."""
    return dates.format_date(value, "full", locale=locale)


def short_day(value: date, *, locale: Locale) -> str:
    """Like 16/11/2020."""
    return dates.format_date(value, "dd/MM/yyyy", locale=locale)


def days(first: date, last: date, *, locale: Locale) -> str:
    """Like 16–22 novembre 2020."""
    if first == last:
        return dates.format_date(last, "d MMMM y", locale=locale)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{dates.format_date(last, 'd MMMM y', locale=locale)}"
    begin = dates.format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=locale)
    return f"{begin} – {dates.format_date(last, 'd MMMM y', locale=locale)}"


def clock(value: datetime, *, locale: Locale) -> str:
    """Like 14:00, of a local time."""
    return dates.format_time(value, "HH:mm", locale=locale)


def moment(value: datetime, *, locale: Locale) -> str:
    """Like 16/11/2020 14:00, in the time of Paris."""
    return dates.format_datetime(value.astimezone(_PARIS), "dd/MM/yyyy HH:mm", locale=locale)
