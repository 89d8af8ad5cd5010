"""An event as an iCalendar file (RFC 5545) that calendar programmes follow through later changes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from functools import lru_cache
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar

from notifications.mails.domain import Event
from shared.contracts.registration import Place, Slot

Method = Literal["PUBLISH", "CANCEL"]

_BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Semaine//Programme//FR\r\nMETHOD:%s\r\n"
_END = b"END:VCALENDAR\r\n"


def method_of(events: Iterable[Event]) -> Method:
    """`CANCEL` where nothing takes place (any more), as RFC 5546 wants it."""
    return "PUBLISH" if any(event.takes_place for event in events) else "CANCEL"


def calendar_of(*, events: Sequence[Event], links: Mapping[UUID, str], domain: str) -> bytes:
    """
    The calendar of `events`, one entry a slot. `domain` makes the UIDs unique in the world.

    A UID stays the same for ever and SEQUENCE rises: that is how a calendar recognises a change. What does not take
    place, or has no date yet, is cancelled; a date that is known later brings it back.
    """
    zones: dict[str, set[int]] = {}
    for event in events:
        years = zones.setdefault(event.time_zone, set())
        years.update(slot.begin.year for slot in (*event.slots, *event.previous_slots))
    described = [_time_zone(zone, min(years), max(years)) for zone, years in zones.items() if years]
    entries = [_entries(event, link=links[event.id], domain=domain) for event in events]
    return b"".join([_BEGIN % method_of(events).encode(), *described, *entries, _END])


@lru_cache(maxsize=8192)
def _entries(event: Event, *, link: str, domain: str) -> bytes:
    """Sign-ups to one event come together, so the last entries are remembered."""
    entries = [
        _entry(event, position, slot, gone=not event.takes_place, link=link, domain=domain)
        for position, slot in enumerate(event.slots)
    ]
    surplus = range(len(event.slots), len(event.previous_slots))
    entries += [
        _entry(event, position, event.previous_slots[position], gone=True, link=link, domain=domain)
        for position in surplus
    ]
    return b"".join(entry.to_ical() for entry in entries)


@lru_cache(maxsize=64)
def _time_zone(name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of these years; describing it takes longer than the rest of a calendar."""
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year - 1, 1, 1), last_date=date(last_year + 1, 12, 31)
    )
    data: bytes = zone.to_ical()
    return data


def _entry(event: Event, position: int, slot: Slot, *, gone: bool, link: str, domain: str) -> icalendar.Event:
    zone = ZoneInfo(event.time_zone)
    entry = icalendar.Event()
    entry.add("uid", f"{event.id}.{position + 1}@{domain}")
    entry.add("sequence", (event.calendar_sequence or event.revision) + (1 if event.withdrawn else 0))
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("dtstart", slot.begin.replace(tzinfo=zone))
    entry.add("dtend", slot.end.replace(tzinfo=zone))
    entry.add("summary", event.title)
    entry.add("location", _location(event.place))
    entry.add("url", event.place.url or link)
    entry.add("organizer", _organizer(event.organiser, domain=domain))
    if event.place.latitude is not None and event.place.longitude is not None:
        entry.add("geo", (event.place.latitude, event.place.longitude))
    entry.add("status", "CANCELLED" if gone else "CONFIRMED")
    return entry


def _organizer(name: str, *, domain: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:no-reply@{domain}")
    address.params["CN"] = icalendar.vText(name)
    return address


def _location(place: Place) -> str:
    town = " ".join(part for part in (place.postcode, place.city) if part)
    return ", ".join(part for part in (place.name, place.address, town) if part) or place.url
