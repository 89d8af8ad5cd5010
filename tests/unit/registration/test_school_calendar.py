"""The Ministry's school calendar: which days are off where, what is not known, and which files are refused."""

from datetime import date
from pathlib import Path

import pytest

from registration.acts.school_calendar import SHIPPED, NotACalendarError, read_calendar

HEAD = "description;population;start_date;end_date;location;zones;annee_scolaire"
SUMMER = "Vacances d'Été;Élèves;2021-07-06T00:00:00+02:00;2021-09-02T00:00:00+02:00;Lyon;Zone A;2020-2021"


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "calendar.csv"
    path.write_text("\n".join((head, *rows, "")), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "place", "expected"),
    [
        (date(2020, 10, 20), "2A", True),
        (date(2020, 11, 2), "2B", False),  # the day pupils return
        (date(2020, 11, 6), "973", True),  # Guyane and Martinique have theirs a week later
        (date(2020, 11, 6), "971", False),
        (date(2020, 3, 31), "987", True),
        (date(2020, 3, 31), "974", False),
        (date(2020, 3, 31), "986", True),
        (date(2020, 3, 19), "971", True),  # Mi-Carême, not on Saint-Barthélemy
        (date(2020, 3, 19), "978", True),
        (date(2020, 3, 19), "977", False),
        (date(2020, 6, 21), "988", True),  # a Sunday: pupils return on Monday
        (date(2020, 6, 22), "988", False),
        (date(2020, 8, 31), "2A", True),  # teachers are back, pupils are not
        (date(2020, 11, 18), "975", False),
        (date(2020, 12, 25), "976", True),
        (date(2020, 11, 18), "984", None),
        (date(2018, 11, 5), "974", None),
        (date(2026, 6, 1), "987", None),
        (date(2026, 8, 1), "974", None),  # when those holidays end is not published
    ],
)
def test_ours_has_corsica_and_overseas(day: date, place: str, expected: bool | None):  # noqa: FBT001
    assert read_calendar().is_holiday(day, place=place) is expected


def test_ours_knows_every_day_of_its_years():
    """From autumn 2019 on nothing is missing between one school year and the next."""
    calendar = read_calendar()
    places = ("2A", "2B", "971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988")
    days = [date.fromordinal(number) for number in range(date(2019, 11, 1).toordinal(), date(2025, 7, 1).toordinal())]
    unknown = {(place, day) for place in places for day in days if calendar.is_holiday(day, place=place) is None}
    assert unknown == set()


def test_both_names_of_columns_are_read(tmp_path: Path):
    labels = "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire"
    for head in (HEAD, labels):
        calendar = read_calendar(written(tmp_path, SUMMER, head=head))
        assert calendar.is_holiday(date(2021, 9, 1), place="Zone A") is True
        assert calendar.is_holiday(date(2021, 9, 2), place="Zone A") is None


def test_a_year_that_contradicts_itself_is_not_known(tmp_path: Path):
    """As the source has it of La Réunion, in one year."""
    wrong = "Vacances;-;2022-01-10T00:00:00+01:00;2021-10-29T00:00:00+02:00;Lyon;Zone A;2021-2022"
    calendar = read_calendar(written(tmp_path, SUMMER, wrong))
    assert calendar.is_holiday(date(2021, 7, 14), place="Zone A") is True
    assert calendar.is_holiday(date(2022, 1, 12), place="Zone A") is None


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        ((), "a;b;c", "no column description or Description"),
        ((SUMMER, SUMMER.replace("2021-07-06", "2021-13-06")), HEAD, "line 3"),
        ((SUMMER.rpartition(";")[0],), HEAD, "line 2"),
        ((SUMMER.replace("2020-2021", "once"),), HEAD, "line 2"),
    ],
)
def test_what_is_no_calendar_is_refused_with_the_place(tmp_path: Path, rows: tuple[str, ...], head: str, message: str):
    with pytest.raises(NotACalendarError, match=message):
        read_calendar(written(tmp_path, *rows, head=head))


def test_ours_says_where_it_is_from():
    text = (SHIPPED.parent / "README.md").read_text()
    assert "fr-en-calendrier-scolaire" in text
    assert "Licence Ouverte" in text
