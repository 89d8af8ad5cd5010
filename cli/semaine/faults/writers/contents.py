"""What the writers submit: events out of a seed, no two alike, each with what the charter must say of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple, Self

from semaine.generation import Edition, Verdict, edition_2020, generate_events

_AT_A_TIME = 200
_IN_REVIEW = 0.12
_LIMITED = 0.5
_PLACES = (3, 40)
_FIT_FOR_HTTP = frozenset({None, "outside_window", "paid", "closed_audience", "off_topic", "too_short"})
"""A duplicate depends on another event, an impossible SIRET on the organiser: these are left out."""


class Content(NamedTuple):
    """The body of an event by the edition's first dates, and its verdict on days inside the label window."""

    event: dict[str, Any]
    expected: Verdict

    def moved(self, distance: timedelta) -> Self:
        """The same on days so far from these."""
        slots = [{end: _moved(local, distance) for end, local in slot.items()} for slot in self.event["slots"]]
        return self._replace(event=self.event | {"slots": slots})


def open_edition(edition_id: str) -> Edition:
    """An edition some months from now that takes submissions until then."""
    first = datetime.now(UTC).date() + timedelta(days=90)

    def window(before: int, after: int) -> dict[str, str]:
        return {
            "first_day": (first - timedelta(days=before)).isoformat(),
            "last_day": (first + timedelta(days=after)).isoformat(),
        }

    return edition_2020() | {
        "id": edition_id,
        "dates": window(0, 6),
        "label_window": window(14, 20),
        "submission_deadline": (first - timedelta(days=30)).isoformat(),
        "regional_windows": [],
    }


def contents(*, seed: int, edition: Edition) -> Iterator[Content]:
    """Without end. One in eight must be refused, about as many go to the committee, the others are labelled."""
    random = Random(f"contents {seed}")  # noqa: S311 - wants to be repeatable
    number = count(1)
    for part in count():
        for generated in generate_events(events=_AT_A_TIME, seed=seed * 10_000 + part, edition=edition):
            if generated.fault in _FIT_FOR_HTTP:
                event = {name: value for name, value in generated.row.items() if name != "organiser"}
                event["title"] = f"{event['title']} n° {next(number)}"
                event["capacity"] = random.randint(*_PLACES) if random.random() < _LIMITED else None
                yield (
                    _questioned(event, random)
                    if _is_questioned(generated.expected, random)
                    else Content(event, "labelled" if generated.fault == "outside_window" else generated.expected)
                )


def _is_questioned(expected: Verdict, random: Random) -> bool:
    return expected == "labelled" and random.random() < _IN_REVIEW


def _questioned(event: dict[str, Any], random: Random) -> Content:
    """Declared free of charge, but its text speaks of a price: the committee has to look."""
    price = random.randint(1, 9)
    text = f"{event['description']} Participation aux frais : {price} euros par personne."
    return Content(event | {"description": text}, "in_review")


def _moved(local: str, distance: timedelta) -> str:
    return (datetime.fromisoformat(local) + distance).isoformat(timespec="minutes")
