"""Public holidays of a place: those of Alsace-Moselle and the overseas territories included."""

from datetime import date
from functools import lru_cache

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


def is_public_holiday(day: date, *, departement: str | None) -> bool:
    """Whether nobody works there on this day; without a département, in the whole of France."""
    return day in _holidays(day.year, _SUBDIVISIONS.get(departement or ""))


@lru_cache(maxsize=256)
def _holidays(year: int, subdivision: str | None) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year))
