"""Public holidays by département, school holidays by zone; what is not known is said so."""

from datetime import date
from pathlib import Path

import pytest

from registration.acts.days_off import SchoolHolidays
from registration.acts.school_calendar import read_calendar
from shared import territory
from shared.territory.public_holidays import is_public_holiday


@pytest.mark.parametrize(
    ("day", "departement", "expected"),
    [
        (date(2020, 11, 11), "44", True),
        (date(2020, 11, 16), "44", False),
        (date(2020, 12, 26), "67", True),  # Saint-Étienne, in Alsace alone
        (date(2020, 12, 26), "75", False),
        (date(2020, 12, 20), "974", True),  # the abolition of slavery, on La Réunion
        (date(2020, 12, 20), None, False),
    ],
)
def test_public_holidays_are_those_of_the_place(day: date, departement: str | None, expected: bool):  # noqa: FBT001
    assert is_public_holiday(day, departement=departement) is expected


@pytest.mark.parametrize(
    ("day", "departement", "expected"),
    [
        (date(2020, 2, 12), "75", True),  # winter holidays 2020: zone C from 8 February, B from 15, A from 22
        (date(2020, 2, 12), "44", False),
        (date(2020, 2, 17), "44", True),
        (date(2020, 2, 17), "69", False),
        (date(2020, 11, 16), "75", False),
        (date(2020, 10, 20), "69", True),
        (date(2020, 10, 20), "2A", True),
        (date(2020, 10, 20), "974", True),
        (date(2020, 11, 18), "974", False),
        (date(2018, 10, 20), "974", None),
        (date(2020, 10, 20), "984", None),
        (date(2020, 10, 20), None, None),
        (date(2090, 10, 20), "75", None),
    ],
)
def test_school_holidays_are_those_of_the_zone(day: date, departement: str | None, expected: bool | None):  # noqa: FBT001
    assert SchoolHolidays(read_calendar()).include(day, departement=departement) is expected


def test_a_calendar_that_is_given_goes_before_the_library(tmp_path: Path):
    row = "Pont;-;2020-11-16T00:00:00+01:00;2020-11-17T00:00:00+01:00;Paris;Zone C;2020-2021"
    head = "description;population;start_date;end_date;location;zones;annee_scolaire"
    (tmp_path / "calendar.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    given = SchoolHolidays(read_calendar(tmp_path / "calendar.csv"))
    assert given.include(date(2020, 11, 16), departement="75") is True
    assert given.include(date(2020, 2, 12), departement="75") is True  # what it does not cover, the library has
    assert given.include(date(2020, 10, 20), departement="2A") is None


def test_every_departement_of_the_mainland_has_one_zone():
    from registration.acts.days_off import _ZONES

    listed = [code for codes in _ZONES.values() for code in codes.split()]
    mainland = {each.code for each in territory.departements() if each.code[:2] not in {"97", "98", "2A", "2B"}}
    assert sorted(listed) == sorted(mainland)
