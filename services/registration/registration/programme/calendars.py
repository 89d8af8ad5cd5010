"""Events in iCalendar (RFC 5545), under the UIDs that mails use: a calendar knows that it is the same event."""

from collections.abc import Iterable
from datetime import UTC, date
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar

from shared.contracts.registration import EventState, Place, Slot

_BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Semaine//Programme//FR\r\nMETHOD:PUBLISH\r\n"
_END = b"END:VCALENDAR\r\n"
_STATUS = {"cancelled": "CANCELLED", "postponed": "TENTATIVE"}


def calendar_of(event: EventState, *, public_url: str) -> bytes:
    """One entry for each slot, with the rules of its time zone."""
    return calendar([(event, False)], public_url=public_url)


def calendar(events: Iterable[tuple[EventState, bool]], *, public_url: str, name: str = "") -> bytes:
    """
    Many events, each with whether it has left the programme: such an event is there as cancelled, under its UIDs.

    `name`: what calendar programs show as the name of a subscription.
    """
    entries: list[bytes] = []
    years: dict[str, set[int]] = {}
    for event, gone in events:
        years.setdefault(event.time_zone, set()).update(slot.begin.year for slot in event.slots)
        entries.append(_entries(event, gone, public_url))
    zones = [_time_zone(zone, min(found), max(found)) for zone, found in years.items() if found]
    return b"".join([_BEGIN, _named(name), *zones, *entries, _END])


def _named(name: str) -> bytes:
    """The lines that give a calendar its name: the standard's (RFC 7986), and the one that more programs read."""
    if not name:
        return b""
    text = icalendar.vText(name).to_ical()
    return b"NAME:" + text + b"\r\nX-WR-CALNAME:" + text + b"\r\n"


@lru_cache(maxsize=64)
def _time_zone(name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of these years; describing it takes longer than the rest of a calendar."""
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year - 1, 1, 1), last_date=date(last_year + 1, 12, 31)
    )
    content: bytes = zone.to_ical()
    return content


@lru_cache(maxsize=8192)
def _entries(event: EventState, gone: bool, public_url: str) -> bytes:  # noqa: FBT001 - a key of the cache
    """Remembered as long as the event stays as it is: a whole edition is asked for again and again."""
    return b"".join(
        _entry(event, slot, position, gone=gone, public_url=public_url).to_ical()
        for position, slot in enumerate(event.slots, 1)
    )


def _entry(event: EventState, slot: Slot, position: int, *, gone: bool, public_url: str) -> icalendar.Event:
    zone = ZoneInfo(event.time_zone)
    entry = icalendar.Event()
    entry.add("uid", f"{event.id}.{position}@{urlsplit(public_url).hostname or 'localhost'}")
    entry.add("sequence", (event.calendar_sequence or event.revision) + (1 if gone else 0))
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("dtstart", slot.begin.replace(tzinfo=zone))
    entry.add("dtend", slot.end.replace(tzinfo=zone))
    entry.add("summary", event.title)
    entry.add("location", _location(event.place))
    entry.add("url", event.place.url or f"{public_url}/evenements/{event.id}")
    entry.add("status", "CANCELLED" if gone else _STATUS.get(event.occurrence, "CONFIRMED"))
    return entry


def _location(place: Place) -> str:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return ", ".join(part for part in (place.name, place.address, town) if part) or place.url
