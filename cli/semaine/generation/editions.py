"""The edition that rehearsals play."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from shared.territory import covers

Edition = dict[str, Any]
"""Shaped as the contract's `EditionState`, with dates as ISO text: what `PUT /v1/editions/<id>` takes."""


def edition_2020() -> Edition:
    """The tenth edition as first announced, 30 March to 5 April 2020; a week later in La Réunion."""
    return {
        "id": "2020",
        "number": 10,
        "name": {"fr": "Semaine de l'Industrie 2020", "en": "Industry Week 2020"},
        "dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
        "label_window": {"first_day": "2020-03-16", "last_day": "2020-04-19"},
        "submission_deadline": "2020-03-20",
        "regional_windows": [
            {
                "territory": "974",
                "dates": {"first_day": "2020-04-06", "last_day": "2020-04-12"},
                "label_window": {"first_day": "2020-03-23", "last_day": "2020-04-26"},
            }
        ],
        "status": "open",
    }


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, both ends included."""

    first: date
    last: date

    @classmethod
    def of(cls, window: dict[str, str]) -> Self:
        return cls(date.fromisoformat(window["first_day"]), date.fromisoformat(window["last_day"]))


def windows(edition: Edition, *, departement: str) -> tuple[Days, Days]:
    """The week and the label window that hold in a département."""
    own = next(
        (each for each in edition["regional_windows"] if covers(territory=each["territory"], departement=departement)),
        edition,
    )
    return Days.of(own["dates"]), Days.of(own["label_window"])
