"""Rules of editions: what contradicts itself, and until when events may come."""

from datetime import UTC, date, datetime

import pytest

from registration.editions.domain import accepts_submissions, faults
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, RegionalWindow, Window


def _window(first, last):
    return Window(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def _edition(**changes):
    edition = EditionState(
        id="2020",
        number=10,
        name=Bilingual(fr="Semaine de l'Industrie 2020", en="Industry Week 2020"),
        dates=_window("2020-03-30", "2020-04-05"),
        label_window=_window("2020-03-16", "2020-04-19"),
        submission_deadline=date(2020, 3, 20),
        status="open",
    )
    return edition.model_copy(update=changes)


def _regional(territory, dates=("2020-04-06", "2020-04-12"), label_window=("2020-03-23", "2020-04-26")):
    return RegionalWindow(territory=territory, dates=_window(*dates), label_window=_window(*label_window))


def _fields(edition):
    return [fault.field for fault in faults(edition)]


def test_an_edition_with_windows_of_its_own_for_la_reunion_is_sound():
    assert faults(_edition(regional_windows=(_regional("974"), _regional("R02"), _regional("2A")))) == []


def test_a_week_of_one_day_is_one():
    day = ("2020-04-01", "2020-04-01")
    assert faults(_edition(dates=_window(*day), label_window=_window(*day))) == []


def test_every_fault_is_named_at_once():
    edition = _edition(
        dates=_window("2020-04-05", "2020-03-30"),
        submission_deadline=date(2021, 1, 1),
        regional_windows=(
            _regional("974", label_window=("2020-04-07", "2020-04-26")),
            _regional("974"),
            _regional("999"),
        ),
    )
    assert _fields(edition) == [
        "dates.last_day",
        "regional_windows.0.label_window",
        "regional_windows.1.territory",
        "regional_windows.2.territory",
        "submission_deadline",
    ]
    assert all(fault.detail and fault.remedy for fault in faults(edition))


def test_the_deadline_may_be_as_late_as_the_latest_label_window():
    late = date(2020, 4, 26)
    assert _fields(_edition(submission_deadline=late)) == ["submission_deadline"]
    assert _fields(_edition(submission_deadline=late, regional_windows=(_regional("974"),))) == []


@pytest.mark.parametrize(
    ("now", "time_zone", "accepted"),
    [
        ("2020-03-20T22:59", "Europe/Paris", True),
        ("2020-03-20T23:00", "Europe/Paris", False),
        ("2020-03-20T19:59", "Indian/Reunion", True),
        ("2020-03-20T20:00", "Indian/Reunion", False),
        ("2020-03-21T03:59", "America/Martinique", True),
        ("2020-03-21T04:00", "America/Martinique", False),
    ],
)
def test_the_last_day_counts_whole_where_the_event_takes_place(now, time_zone, accepted):
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    reason = accepts_submissions(_edition(), now=instant, time_zone=time_zone)
    assert (reason is None) is accepted
    assert accepted or ("2020-03-20" in reason.en and "20/03/2020" in reason.fr)


@pytest.mark.parametrize("status", ["planned", "closed"])
def test_only_an_open_edition_takes_events(status):
    now = datetime(2020, 3, 1, tzinfo=UTC)
    assert status in accepts_submissions(_edition(status=status), now=now, time_zone="Europe/Paris").en
