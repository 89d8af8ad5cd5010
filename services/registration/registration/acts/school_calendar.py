"""
The Ministry's school calendar: the CSV of the data set `fr-en-calendrier-scolaire`, of data.education.gouv.fr.

A row is a holiday of an académie in a school year: its first day, and the day pupils return, both as Paris's midnight.
What rows do not cover is not known. Ours, in `data`, has Corsica and overseas; a newer one may be given.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from shared import territory

SHIPPED = Path(__file__).parent / "data" / "school-calendar.csv"
_PARIS = ZoneInfo(territory.PARIS)
_SATURDAY = 5
_COLUMNS = {
    "what": ("description", "Description"),
    "whose": ("population", "Population"),
    "begin": ("start_date", "Date de début"),
    "end": ("end_date", "Date de fin"),
    "zone": ("zones", "Zones"),
    "year": ("annee_scolaire",),
}
"""As exports name them: by the names of fields, or by their labels."""
_DEPARTEMENTS = {
    "Corse": ("2A", "2B"),
    "Guadeloupe": ("971", "977", "978"),
    "Martinique": ("972",),
    "Guyane": ("973",),
    "Réunion": ("974",),
    "Saint Pierre et Miquelon": ("975",),
    "Mayotte": ("976",),
    "Wallis et Futuna": ("986",),
    "Polynésie": ("987",),
    "Nouvelle Calédonie": ("988",),
}
_ISLANDS = {"Guadeloupe": "971", "Saint-Barthélémy": "977", "Saint-Martin": "978", "Saint Martin": "978"}
"""Of the académie of Guadeloupe, which some rows name as the population."""


class NotACalendarError(ValueError):
    """The file is not the school calendar in the format of data.education.gouv.fr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stretch of time of which all holidays are known. `until` is no part of it."""

    since: date
    until: date
    holidays: tuple[tuple[date, date], ...]
    """First and last days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    place: str
    year: int
    """In which the school year begins."""
    begin: date
    end: date
    opens: bool
    """It says when the year's last holidays begin, and not when they end."""

    @property
    def last(self) -> date:
        """Of the days off: the one before pupils return, which they do on no weekend."""
        whole = self.end == self.begin or self.end.weekday() >= _SATURDAY
        return self.end if whole else self.end - timedelta(days=1)


class SchoolCalendar:
    """School holidays by place: a département, or a zone (`Zone A`)."""

    def __init__(self, known: Mapping[str, Sequence[Known]]) -> None:
        self._known = known

    def is_holiday(self, day: date, *, place: str) -> bool | None:
        """Whether pupils are on holiday there; None where that is not known."""
        for known in self._known.get(place, ()):
            if known.since <= day < known.until:
                return any(first <= day <= last for first, last in known.holidays)
        return None


def read_calendar(path: Path | None = None) -> SchoolCalendar:
    """The calendar of a file, or ours. Raises `NotACalendarError`, with the line."""
    path = path or SHIPPED
    by_place: dict[str, list[_Row]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in _rows(csv.reader(file, delimiter=";"), path=path):
            by_place[row.place].append(row)
    return SchoolCalendar({place: list(_known(rows)) for place, rows in by_place.items()})


def _rows(lines: Iterable[list[str]], *, path: Path) -> Iterator[_Row]:
    numbered = enumerate(lines, start=1)
    _, head = next(numbered, (1, []))
    places = {
        name: next((head.index(each) for each in labels if each in head), -1) for name, labels in _COLUMNS.items()
    }
    missing = [" or ".join(_COLUMNS[name]) for name, place in places.items() if place < 0]
    if missing:
        raise NotACalendarError(f"{path}: no column {', '.join(missing)}: give an export of fr-en-calendrier-scolaire")
    for number, line in numbered:
        try:
            yield from _of({name: line[place] for name, place in places.items()})
        except (ValueError, IndexError) as error:
            raise NotACalendarError(f"{path}, line {number}: {error}") from error


def _of(line: Mapping[str, str]) -> Iterator[_Row]:
    """One row for each place that it concerns; teachers' own days concern none."""
    if line["whose"].startswith("Enseignants"):
        return
    begin, end = _day(line["begin"]), _day(line["end"])
    for place in _places(line["zone"], line["whose"]):
        opens = line["what"].startswith("Début")
        yield _Row(place=place, year=int(line["year"][:4]), begin=begin, end=end, opens=opens)


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(_PARIS).date()


def _places(zone: str, whose: str) -> Iterable[str]:
    if zone != "Guadeloupe":
        return _DEPARTEMENTS.get(zone, (zone,))
    named, _, without = whose.partition(" sauf ")
    islands = {code for name, code in _ISLANDS.items() if name in named} or set(_DEPARTEMENTS[zone])
    if without:
        islands = set(_DEPARTEMENTS[zone])
    return sorted(islands - {code for name, code in _ISLANDS.items() if name in without})


def _known(rows: Sequence[_Row]) -> Iterator[Known]:
    """Year by year. A year that contradicts itself is not known; one that follows another begins where that ends."""
    before: Known | None = None
    before_year = 0
    ordered = sorted(rows, key=lambda row: row.year)
    for year, of_year in groupby(ordered, key=lambda row: row.year):
        found = sorted(of_year, key=lambda row: row.begin)
        if any(row.end < row.begin for row in found):
            continue
        opening = min((row.begin for row in found if row.opens), default=None)
        until = opening or max(row.last for row in found) + timedelta(days=1)
        since = before.until if before and year == before_year + 1 else found[0].begin
        holidays = tuple((row.begin, row.last) for row in found if not row.opens)
        before, before_year = Known(since=since, until=until, holidays=holidays), year
        yield before
