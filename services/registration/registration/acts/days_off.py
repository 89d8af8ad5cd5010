"""
The school holidays of a place's zone; public ones are in `shared.territory.public_holidays`.

Of zones A, B and C from the library `vacances-scolaires-france`; of Corsica and overseas, which fix their own and which
it does not have, from the Ministry's calendar (`school_calendar`). What neither has is not known.
"""

from datetime import date
from functools import cache
from typing import Literal

from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException  # type: ignore[import-untyped]

from registration.acts.school_calendar import SchoolCalendar

_ZONES: dict[Literal["A", "B", "C"], str] = {
    "A": "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90",
    "B": "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 76"
    " 80 83 84 85 88",
    "C": "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95",
}
"""Départements of the académies of each zone, as they are since the school year 2015/16."""


class SchoolHolidays:
    """School holidays by département. What the calendar knows of a zone goes before the library."""

    def __init__(self, calendar: SchoolCalendar) -> None:
        self._calendar = calendar
        self._library = SchoolHolidayDates()

    def include(self, day: date, *, departement: str | None) -> bool | None:
        """Whether pupils are on holiday there; None where that is not known."""
        if departement is None:
            return None
        zone = _zone_of().get(departement)
        known = self._calendar.is_holiday(day, place=f"Zone {zone}" if zone else departement)
        return self._by_library(day, zone) if known is None and zone else known

    def _by_library(self, day: date, zone: str) -> bool | None:
        try:
            return bool(self._library.is_holiday_for_zone(day, zone))
        except UnsupportedYearException:
            return None


@cache
def _zone_of() -> dict[str, str]:
    return {departement: zone for zone, departements in _ZONES.items() for departement in departements.split()}
