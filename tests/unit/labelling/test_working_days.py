"""Four working days, holidays of the territory included."""

from datetime import UTC, date, datetime

import pytest

from labelling.domain.working_days import is_working_day, review_due_on, working_days_after


@pytest.mark.parametrize(
    ("submitted", "departement", "due"),
    [
        pytest.param("2020-02-03", "44", "2020-02-07", id="Monday to Friday"),
        pytest.param("2020-02-05", "44", "2020-02-11", id="over a weekend"),
        pytest.param("2020-02-08", "44", "2020-02-13", id="submitted on a Saturday"),
        pytest.param("2020-04-08", "44", "2020-04-15", id="Easter Monday"),
        pytest.param("2020-04-08", "67", "2020-04-16", id="Good Friday and Easter Monday in Alsace"),
        pytest.param("2020-04-08", "68", "2020-04-16", id="Haut-Rhin as well"),
        pytest.param("2020-04-08", "57", "2020-04-16", id="Moselle as well"),
        pytest.param("2020-04-28", "44", "2020-05-05", id="1 May"),
        pytest.param("2020-05-05", None, "2020-05-12", id="8 May, online"),
        pytest.param("2020-12-23", "44", "2020-12-30", id="Christmas"),
        pytest.param("2019-12-23", "67", "2019-12-31", id="Saint Stephen's Day in Alsace"),
        pytest.param("2019-12-23", "44", "2019-12-30", id="not elsewhere"),
        pytest.param("2019-12-24", "67", "2020-01-02", id="and New Year after it"),
        pytest.param("2020-05-21", "972", "2020-05-28", id="abolition in Martinique, 22 May"),
        pytest.param("2020-05-21", "971", "2020-05-28", id="abolition in Guadeloupe, 27 May"),
        pytest.param("2020-05-21", "44", "2020-05-27", id="no abolition day in the mainland"),
        pytest.param("2020-06-05", "973", "2020-06-12", id="abolition in Guyane, 10 June"),
        pytest.param("2020-04-24", "976", "2020-05-04", id="abolition in Mayotte, 27 April, and 1 May"),
        pytest.param("2021-12-17", "974", "2021-12-24", id="abolition in La Réunion, 20 December"),
    ],
)
def test_the_fourth_working_day(submitted, departement, due):
    found = working_days_after(day=date.fromisoformat(submitted), days=4, departement=departement)
    assert found == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("at", "time_zone", "departement", "due"),
    [
        pytest.param("2020-02-02T22:30", "Europe/Paris", "44", "2020-02-06", id="still Sunday in Nantes"),
        pytest.param("2020-02-02T23:30", "Europe/Paris", "44", "2020-02-07", id="Monday already in Nantes"),
        pytest.param("2020-02-02T20:30", "Indian/Reunion", "974", "2020-02-07", id="Monday already in La Réunion"),
        pytest.param("2020-02-04T02:30", "America/Martinique", "972", "2020-02-07", id="still Monday in Martinique"),
    ],
)
def test_the_local_date_counts(at, time_zone, departement, due):
    found = review_due_on(
        since=datetime.fromisoformat(at).replace(tzinfo=UTC),
        time_zone=time_zone,
        departement=departement,
        working_days=4,
    )
    assert found == date.fromisoformat(due)


@pytest.mark.parametrize("departement", ["975", "977", "978", "984", "986", "987", "988", "2A", "", None])
def test_every_territory_keeps_the_national_holidays(departement):
    assert not is_working_day(day=date(2020, 7, 14), departement=departement)
    assert is_working_day(day=date(2020, 7, 15), departement=departement)
