"""When people are reminded."""

from datetime import UTC, datetime

import pytest

from notifications.guests.domain import times_of
from notifications.handlers import is_of_nobody
from shared.contracts.registration import Slot


def slot(begin: str) -> Slot:
    return Slot(begin=datetime.fromisoformat(begin), end=datetime.fromisoformat("2020-12-31T23:00"))


@pytest.mark.parametrize(("zone", "begins_at", "remind_at"), [
    ("Europe/Paris", "2020-03-31T07:00", "2020-03-30T08:00"),
    ("Indian/Reunion", "2020-03-31T05:00", "2020-03-30T06:00"),
    ("America/Guadeloupe", "2020-03-31T13:00", "2020-03-30T14:00"),
])  # fmt: skip
def test_on_the_day_before_the_first_slot_at_ten_local_time(zone, begins_at, remind_at):
    found = times_of((slot("2020-04-02T09:00"), slot("2020-03-31T09:00")), time_zone=zone)
    assert found.begins_at == datetime.fromisoformat(begins_at).replace(tzinfo=UTC)
    assert found.remind_at == datetime.fromisoformat(remind_at).replace(tzinfo=UTC)


def test_the_clocks_may_change_that_night():
    found = times_of((slot("2020-03-29T09:00"),), time_zone="Europe/Paris")
    assert found.remind_at == datetime(2020, 3, 28, 9, tzinfo=UTC)
    assert found.begins_at == datetime(2020, 3, 29, 7, tzinfo=UTC)


def test_without_a_slot_there_is_nothing_to_remind_of():
    assert times_of((), time_zone="Europe/Paris").remind_at is None


def test_only_sign_ups_of_people_who_can_be_written_to_are_read():
    assert is_of_nobody(b'{"change":"signed_up","participation":{"id":"1","notify":true}}')
    assert not is_of_nobody(b'{"participation":{"id":"1","notify":false,"contact_id":"01934b5e"}}')
