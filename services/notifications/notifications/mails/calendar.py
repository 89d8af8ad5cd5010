"""An event as an iCalendar file (RFC 5545) that calendar programmes follow through later changes."""

from datetime import UTC, date
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar

from notifications.mails.domain import Event
from shared.contracts.registration import Place

_BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Semaine//Programme//FR\r\nMETHOD:PUBLISH\r\n"
_END = b"END:VCALENDAR\r\n"


@lru_cache(maxsize=2048)
def calendar_of(*, event: Event, link: str, domain: str) -> bytes:
    """
    The calendar of `event`, one entry a slot. `domain` makes the UIDs unique in the world.

    A UID stays the same for ever and SEQUENCE rises with the event's revision: that is how a calendar recognises
    a change. Sign-ups to one event come together, so the last calendars are remembered.
    """
    years = [slot.begin.year for slot in event.slots]
    zone = _time_zone(event.time_zone, min(years), max(years)) if years else b""
    entries = [_entry(event, position, link=link, domain=domain) for position in range(len(event.slots))]
    return b"".join([_BEGIN, zone, *(entry.to_ical() for entry in entries), _END])


@lru_cache(maxsize=64)
def _time_zone(name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of these years; describing it takes longer than the rest of a calendar."""
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year - 1, 1, 1), last_date=date(last_year + 1, 12, 31)
    )
    data: bytes = zone.to_ical()
    return data


def _entry(event: Event, position: int, *, link: str, domain: str) -> icalendar.Event:
    zone = ZoneInfo(event.time_zone)
    slot = event.slots[position]
    entry = icalendar.Event()
    entry.add("uid", f"{event.id}.{position + 1}@{domain}")
    entry.add("sequence", event.revision)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("dtstart", slot.begin.replace(tzinfo=zone))
    entry.add("dtend", slot.end.replace(tzinfo=zone))
    entry.add("summary", event.title)
    entry.add("location", _location(event.place))
    entry.add("url", event.place.url or link)
    entry.add("organizer", _organizer(event.organiser, domain=domain))
    if event.place.latitude is not None and event.place.longitude is not None:
        entry.add("geo", (event.place.latitude, event.place.longitude))
    entry.add("status", "CONFIRMED")
    return entry


def _organizer(name: str, *, domain: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:no-reply@{domain}")
    address.params["CN"] = icalendar.vText(name)
    return address


def _location(place: Place) -> str:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return ", ".join(part for part in (place.name, place.address, town) if part) or place.url
