"""An event as an iCalendar file (RFC 5545), under the UIDs that mails use: a calendar knows it is the same."""

from datetime import UTC, date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar

from shared.contracts.registration import EventState, Place

_STATUS = {"cancelled": "CANCELLED", "postponed": "TENTATIVE"}


def calendar_of(event: EventState, *, public_url: str) -> bytes:
    """One entry for each slot, with the rules of its time zone."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Semaine//Programme//FR")
    calendar.add("method", "PUBLISH")
    zone = ZoneInfo(event.time_zone)
    link = f"{public_url}/evenements/{event.id}"
    domain = urlsplit(public_url).hostname or "localhost"
    for position, slot in enumerate(event.slots, 1):
        entry = icalendar.Event()
        entry.add("uid", f"{event.id}.{position}@{domain}")
        entry.add("sequence", event.calendar_sequence or event.revision)
        entry.add("dtstamp", event.changed_at.astimezone(UTC))
        entry.add("dtstart", slot.begin.replace(tzinfo=zone))
        entry.add("dtend", slot.end.replace(tzinfo=zone))
        entry.add("summary", event.title)
        entry.add("location", _location(event.place))
        entry.add("url", event.place.url or link)
        entry.add("status", _STATUS.get(event.occurrence, "CONFIRMED"))
        calendar.add_component(entry)
    years = [slot.begin.year for slot in event.slots]
    calendar.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 1, 12, 31))
    content: bytes = calendar.to_ical()
    return content


def _location(place: Place) -> str:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return ", ".join(part for part in (place.name, place.address, town) if part) or place.url
