"""
Territories with dates of their own, a row each in the form of an act.

A territory that has some already and whose row says nothing new moves with the edition; one whose row is emptied has no
dates of its own any more.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from registration.acts.domain import moved_with
from registration.acts.preview import Place
from registration.editions.content import Day
from registration.pages.fields import iso_day, text_of
from shared import territory
from shared.contracts.registration import EditionState, RegionalWindow, Window

FIELD = "regional_windows"
MOST_ROWS = 50
_DAYS = ("dates.first_day", "dates.last_day", "label_window.first_day", "label_window.last_day")
_NAMES = ("territory", *_DAYS)
_NAMED = re.compile(rf"{FIELD}\.(\d{{1,3}})\.(?:{'|'.join(map(re.escape, _NAMES))})")
_DAY: TypeAdapter[date] = TypeAdapter(Day)


def new_values(edition: EditionState) -> dict[str, str]:
    """A row for each territory that has dates of its own, and one more."""
    return _values([*({"territory": each.territory} for each in edition.regional_windows), {}])


def values_of(form: FormData) -> dict[str, str]:
    """What was entered, by field: rows that say something first, empty ones after them."""
    numbers = sorted({int(match[1]) for name in form if (match := _NAMED.fullmatch(name))})
    rows = [{name: iso_day(text_of(form, f"{FIELD}.{number}.{name}")) for name in _NAMES} for number in numbers]
    return _values(sorted(rows, key=lambda row: not any(row.values()))[: MOST_ROWS + 1])


def with_another_row(values: Mapping[str, str]) -> dict[str, str]:
    """As many rows as there were and an empty one, up to the most there may be."""
    rows = list(_rows(values))
    return {**values, **_values([*rows, {}][: max(len(rows), MOST_ROWS)])}


def rows_in(values: Mapping[str, str]) -> int:
    """How many rows there are."""
    return sum(name.startswith(FIELD) and name.endswith(".territory") for name in values)


def says_nothing(values: Mapping[str, str], edition: EditionState) -> bool:
    """Whether the rows are those of a new form."""
    return {name: value for name, value in values.items() if name.startswith(FIELD)} == new_values(edition)


def content_of(values: Mapping[str, str], edition: EditionState) -> list[dict[str, Any]] | None:
    """For `ActContent`: what stands in the so-manyth row has that number. None: those there are move along."""
    rows = list(_rows(values))
    if not rows:
        return None
    filled = [row for row in rows if any(row.values())]
    nothing_new = [{**dict.fromkeys(_DAYS, ""), "territory": each.territory} for each in edition.regional_windows]
    if filled == nothing_new:
        return None
    first = _day(values["dates.first_day"])
    by = first - edition.dates.first_day if first else timedelta(0)
    return [_content(row, edition, by=by) for row in filled]


def named(places: Mapping[str | None, Place]) -> list[tuple[str | None, Place]]:
    """What becomes of events, by the territories' names; None is everywhere else."""
    return [(code and (territory.name_of(code) or code), place) for code, place in places.items()]


def _content(row: Mapping[str, str], edition: EditionState, *, by: timedelta) -> dict[str, Any]:
    has = {each.territory: each for each in edition.regional_windows}.get(row["territory"])
    if has and not any(row[day] for day in _DAYS):
        return moved_with(has, by=by).model_dump(mode="json")
    dates = _window(row, "dates")
    around = _label_window(dates, has or edition).model_dump(mode="json")
    return {
        "territory": row["territory"],
        "dates": dates,
        "label_window": _window(row, "label_window") or around,
    }


def _label_window(dates: Mapping[str, str], today: EditionState | RegionalWindow) -> Window:
    """As many days before the dates and after them as there are today."""
    days = [day for name in ("first_day", "last_day") if (day := _day(dates.get(name, "")))]
    if not days:
        return today.label_window
    return Window(
        first_day=min(days) - (today.dates.first_day - today.label_window.first_day),
        last_day=max(days) + (today.label_window.last_day - today.dates.last_day),
    )


def _window(row: Mapping[str, str], name: str) -> dict[str, str]:
    return {day: row[f"{name}.{day}"] for day in ("first_day", "last_day") if row[f"{name}.{day}"]}


def _day(text: str) -> date | None:
    try:
        return _DAY.validate_python(text)
    except ValidationError:
        return None


def _values(rows: list[dict[str, str]]) -> dict[str, str]:
    return {f"{FIELD}.{number}.{name}": row.get(name, "") for number, row in enumerate(rows) for name in _NAMES}


def _rows(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for number in range(rows_in(values)):
        yield {name: values[f"{FIELD}.{number}.{name}"] for name in _NAMES}
