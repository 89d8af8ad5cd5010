"""The attached calendar is read back by a calendar library as what the event is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from notifications.mails.calendar import calendar_of
from shared.contracts.registration import Place, Slot


def entries(event):
    data = calendar_of(events=[event], links={event.id: "https://semaine.example/e"}, domain="semaine.example")
    calendar = icalendar.Calendar.from_ical(data)
    return calendar, calendar.walk("VEVENT")


def test_every_slot_is_an_entry_in_local_time(event):
    calendar, found = entries(event)
    assert calendar["method"] == "PUBLISH"
    paris = ZoneInfo("Europe/Paris")
    assert [(entry.decoded("dtstart"), entry.decoded("dtend")) for entry in found] == [
        (slot.begin.replace(tzinfo=paris), slot.end.replace(tzinfo=paris)) for slot in event.slots
    ]
    assert {entry["dtstart"].params["TZID"] for entry in found} == {"Europe/Paris"}
    assert found[0]["summary"] == event.title
    assert found[0]["location"] == "Atelier, 2 rue des Chantiers, 44550 Montoir-de-Bretagne"


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Europe/Paris", timedelta(hours=2)),
        ("Indian/Reunion", timedelta(hours=4)),
        ("America/Guadeloupe", timedelta(hours=-4)),
    ],
)
def test_the_time_zone_is_described_for_programmes_that_do_not_know_it(event, zone, offset):
    calendar, found = entries(replace(event, time_zone=zone))
    (described,) = calendar.walk("VTIMEZONE")
    assert described["tzid"] == zone
    start = found[0].decoded("dtstart").replace(tzinfo=None)
    assert described.to_tz(lookup_tzid=False).utcoffset(start) == offset


def test_a_change_keeps_the_uids_and_raises_the_sequence(event):
    _, before = entries(event)
    moved = tuple(
        Slot(begin=slot.begin + timedelta(weeks=33), end=slot.end + timedelta(weeks=33)) for slot in event.slots
    )
    _, after = entries(
        replace(event, slots=moved, revision=event.revision + 1, changed_at=datetime(2020, 2, 1, tzinfo=UTC))
    )
    assert [entry["uid"] for entry in after] == [entry["uid"] for entry in before]
    assert len({entry["uid"] for entry in before}) == 3
    assert {entry["sequence"] for entry in before} == {3}
    assert {entry["sequence"] for entry in after} == {4}
    assert after[0].decoded("dtstart").hour == before[0].decoded("dtstart").hour


def test_an_online_event_has_its_link_as_place(event):
    online = replace(event, place=Place(mode="online", url="https://visio.example/1"))
    _, found = entries(online)
    assert found[0]["location"] == "https://visio.example/1"
    assert found[0]["url"] == "https://visio.example/1"


def test_what_an_organiser_writes_cannot_break_out_of_its_line(event):
    _, found = entries(replace(event, title="A\r\nEND:VEVENT\r\nX;Y,Z", organiser='B";X=1:\r\nATTENDEE:c'))
    assert len(found) == 3
    assert "ATTENDEE" not in found[0]
    assert "X;Y,Z" in found[0]["summary"]
