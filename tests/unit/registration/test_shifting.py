"""Events move in their own local time: on the same weekday, at the same hour, whatever clocks do."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registration.acts.shifting import dates_at, days_to_move, inside, last_day, shifted
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, RegionalWindow, Slot, Window

ZONES = ("Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti")
"""Two with summer time, of which one in America; four without, east and west."""
MARCH = ("2020-03-30", "2020-04-05")
NOVEMBER = ("2020-11-16", "2020-11-22")


def window(first: str, last: str) -> Window:
    return Window(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def edition(dates: Window, label_window: Window | None = None, *regional: RegionalWindow) -> EditionState:
    wider = Window(first_day=dates.first_day - timedelta(days=14), last_day=dates.last_day + timedelta(days=14))
    return EditionState(
        id="2020",
        number=10,
        name=Bilingual(fr="Semaine", en="Week"),
        dates=dates,
        label_window=label_window or wider,
        submission_deadline=dates.first_day - timedelta(days=10),
        regional_windows=regional,
        status="open",
    )


def slot(begin: str, end: str) -> Slot:
    return Slot(begin=datetime.fromisoformat(begin), end=datetime.fromisoformat(end))


def distance(slots: list[Slot], before: EditionState, after: EditionState, departement: str | None = "44") -> int:
    return days_to_move(slots, before=before, after=after, departement=departement, region="52")


slots = st.builds(
    lambda begin, minutes: Slot(begin=begin, end=begin + timedelta(minutes=minutes)),
    st.integers(0, 5 * 365 * 24 * 60).map(
        lambda minutes: datetime.fromisoformat("2019-01-01") + timedelta(minutes=minutes)
    ),
    st.integers(1, 3 * 24 * 60),
)


@given(slots, st.integers(-60, 60), st.sampled_from(ZONES))
@example(slot("2020-03-31T14:00", "2020-03-31T16:00"), 33, "Europe/Paris")
@example(slot("2020-11-17T02:30", "2020-11-17T02:45"), 19, "Europe/Paris")  # on the night to 30 March 2021's Sunday
def test_an_event_keeps_weekday_and_local_time_unless_clocks_skip_it(moving: Slot, weeks: int, zone: str):
    (there,) = shifted([moving], days=7 * weeks, time_zone=zone)
    for old, new in ((moving.begin, there.begin), (moving.end, there.end)):
        expected = old + timedelta(weeks=weeks)
        assert new == expected or not exists(expected, zone), (new, expected)
        assert exists(new, zone)
        assert timedelta() <= new - expected <= timedelta(hours=1)
    assert there.end > there.begin


@given(slots, st.integers(-400, 400), st.sampled_from(ZONES))
def test_there_and_back_is_where_it_was_unless_clocks_skipped_it(moving: Slot, days: int, zone: str):
    (there,) = shifted([moving], days=days, time_zone=zone)
    (back,) = shifted([there], days=-days, time_zone=zone)
    if exists(moving.begin + timedelta(days=days), zone) and exists(moving.end + timedelta(days=days), zone):
        assert back == moving or not (exists(moving.begin, zone) and exists(moving.end, zone))


def exists(local: datetime, zone: str) -> bool:
    """Whether clocks there ever show this."""
    there = local.replace(tzinfo=ZoneInfo(zone))
    return there.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def test_the_mission_of_2020():
    """From 30 March to 16 November: 33 weeks, out of summer time, at the same local time everywhere."""
    before, after = edition(window(*MARCH)), edition(window(*NOVEMBER))
    visit = [slot("2020-03-31T14:00", "2020-03-31T16:30")]
    days = distance(visit, before, after)
    assert days == 231
    for zone in ZONES:
        assert shifted(visit, days=days, time_zone=zone) == (slot("2020-11-17T14:00", "2020-11-17T16:30"),)


def test_a_time_that_clocks_skip_becomes_an_hour_later():
    night = [slot("2020-11-15T02:15", "2020-11-15T02:45")]
    moved = shifted(night, days=7 * 19, time_zone="Europe/Paris")  # Sunday 28 March 2021
    assert moved == (slot("2021-03-28T03:15", "2021-03-28T03:45"),)
    assert shifted(night, days=7 * 19, time_zone="Indian/Reunion") == (slot("2021-03-28T02:15", "2021-03-28T02:45"),)


def test_what_would_lie_beyond_the_last_year_stays():
    late = [slot("2100-06-01T09:00", "2100-06-01T10:00")]
    assert shifted(late, days=364, time_zone="Europe/Paris") == tuple(late)


def test_a_distance_of_no_whole_weeks_keeps_the_weekday_inside_the_dates():
    """From Monday–Sunday to Wednesday–Tuesday: a Monday goes to the Monday inside, a Friday to the Friday inside."""
    before, after = edition(window(*MARCH)), edition(window("2020-11-18", "2020-11-24"))
    monday, friday = [slot("2020-03-30T09:00", "2020-03-30T10:00")], [slot("2020-04-03T09:00", "2020-04-03T10:00")]
    assert monday[0].begin.date() + timedelta(distance(monday, before, after)) == date(2020, 11, 23)
    assert friday[0].begin.date() + timedelta(distance(friday, before, after)) == date(2020, 11, 20)


def test_an_event_outside_the_dates_stays_inside_the_label_window():
    before = edition(window(*MARCH), window("2020-03-16", "2020-04-19"))
    after = edition(window("2020-11-18", "2020-11-24"), window("2020-11-09", "2020-12-08"))
    early = [slot("2020-03-18T09:00", "2020-03-18T10:00")]
    new = early[0].begin.date() + timedelta(distance(early, before, after))
    assert new.weekday() == early[0].begin.weekday()
    assert inside(shifted(early, days=distance(early, before, after), time_zone="Europe/Paris"), after.label_window)


@given(st.integers(0, 6), st.integers(1, 300), st.integers(0, 13), st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_every_event_of_the_week_finds_its_weekday_in_a_new_week_or_longer(first, offset, longer, days):
    start = date(2020, 3, 30) + timedelta(days=first)
    before = edition(Window(first_day=start, last_day=start + timedelta(days=6)))
    moved_start = start + timedelta(days=offset)
    after = edition(Window(first_day=moved_start, last_day=moved_start + timedelta(days=6 + longer)))
    for day in days:
        begin = datetime.combine(start + timedelta(days=day), datetime.min.time()) + timedelta(hours=9)
        one = [Slot(begin=begin, end=begin + timedelta(hours=2))]
        number = distance(one, before, after)
        assert number % 7 == 0
        assert inside(shifted(one, days=number, time_zone="Europe/Paris"), after.dates)


def test_a_region_moves_by_its_own_distance():
    regional = RegionalWindow(
        territory="974", dates=window("2020-04-06", "2020-04-12"), label_window=window("2020-03-23", "2020-04-26")
    )
    later = RegionalWindow(
        territory="974", dates=window("2020-11-30", "2020-12-06"), label_window=window("2020-11-16", "2020-12-20")
    )
    before, after = edition(window(*MARCH), None, regional), edition(window(*NOVEMBER), None, later)
    visit = [slot("2020-04-07T09:00", "2020-04-07T10:00")]
    assert distance(visit, before, after, departement="974") == 238
    assert distance(visit, before, after, departement="44") == 231
    assert dates_at(after, departement="974", region="04") == later.dates


@pytest.mark.parametrize(("end", "day"), [("2020-04-01T00:00", 31), ("2020-04-01T00:01", 1)])
def test_an_end_at_midnight_belongs_to_the_day_before(end: str, day: int):
    assert last_day(slot("2020-03-31T20:00", end)).day == day
