"""An event in the terms of schema.org, for search engines (JSON-LD)."""

from typing import Any
from zoneinfo import ZoneInfo

from registration.programme.store import Places
from shared.contracts.registration import EventState, Slot

_STATUS = {
    "scheduled": "EventScheduled",
    "rescheduled": "EventRescheduled",
    "postponed": "EventPostponed",
    "cancelled": "EventCancelled",
}
_MODE = {
    "onsite": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "mixed": "MixedEventAttendanceMode",
}
_SCHEMA = "https://schema.org/"


def structured(event: EventState, *, places: Places, public_url: str) -> list[dict[str, Any]]:
    """One Event for each slot."""
    return [_slot(event, slot, number, places=places, public_url=public_url) for number, slot in enumerate(event.slots)]


def _slot(event: EventState, slot: Slot, number: int, *, places: Places, public_url: str) -> dict[str, Any]:
    zone = ZoneInfo(event.time_zone)
    address = f"{public_url}/evenements/{event.id}"
    said: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Event",
        "name": event.title,
        "description": event.description[:500],
        "startDate": slot.begin.replace(tzinfo=zone).isoformat(),
        "endDate": slot.end.replace(tzinfo=zone).isoformat(),
        "eventStatus": _SCHEMA + _STATUS[event.occurrence],
        "eventAttendanceMode": _SCHEMA + _MODE[event.place.mode],
        "url": address,
        "organizer": {"@type": "Organization", "name": event.organiser.name},
        "location": _location(event),
        "isAccessibleForFree": event.price_cents == 0,
        "offers": {
            "@type": "Offer",
            "price": event.price_cents / 100,
            "priceCurrency": "EUR",
            "availability": _SCHEMA + ("SoldOut" if places.left == 0 else "InStock"),
            "url": address,
        },
    }
    if event.occurrence == "rescheduled" and number < len(event.previous_slots):
        said["previousStartDate"] = event.previous_slots[number].begin.replace(tzinfo=zone).isoformat()
    return said


def _location(event: EventState) -> dict[str, Any] | list[dict[str, Any]]:
    place = event.place
    site = {
        "@type": "Place",
        "name": place.name or place.city,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.address,
            "postalCode": place.postcode,
            "addressLocality": place.city,
            "addressCountry": "FR",
        },
    }
    online = {"@type": "VirtualLocation", "url": place.url}
    if place.mode == "online":
        return online
    return [site, online] if place.mode == "mixed" and place.url else site
