"""The programme in the columns of OpenAgenda's public export, which `imports.rows.open_agenda` reads too."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from registration.feeds.domain import Entry
from shared import territory
from shared.contracts.registration import Audience, EventState, EventType, Occurrence, Slot, Theme

COLUMNS = (
    "uid", "slug", "title_fr", "description_fr", "longdescription_fr", "conditions_fr", "keywords_fr",
    "firstdate_begin", "lastdate_end", "timings", "location_uid", "location_name", "location_address",
    "location_postalcode", "location_city", "location_department", "location_region", "location_coordinates",
    "attendancemode", "status", "registration", "accessibility", "age_min", "age_max", "originagenda_title",
    "updatedat", "deletedat",
)  # fmt: skip
_SHORT = 200
_FULL = 5
_STATUS: Mapping[Occurrence, int] = {"scheduled": 1, "rescheduled": 2, "postponed": 4, "cancelled": 6}
_MODES = {"onsite": 1, "online": 2, "mixed": 3}
_TYPES: Mapping[EventType, str] = {
    "company_visit": "visite", "open_day": "portes ouvertes", "job_dating": "job dating", "trades_forum": "forum",
    "web_conference": "web conférence", "class_talk": "intervention en classe", "exhibition": "exposition",
    "workshop": "atelier", "virtual_reality_visit": "réalité virtuelle", "escape_game": "escape game", "other": "",
}  # fmt: skip
_THEMES: Mapping[Theme, str] = {
    "gender_mix": "mixité",
    "recruitment": "recrutement",
    "industry_of_the_future": "industrie du futur",
    "ecological_transition": "transition écologique",
}
_AUDIENCES: Mapping[Audience, str] = {
    "general_public": "tout public",
    "young_people": "jeunes",
    "jobseekers": "demandeurs d'emploi",
    "professionals": "professionnels",
    "staff_only": "personnel",
}


def row(entry: Entry, *, agenda: str, public_url: str) -> dict[str, Any]:
    """One event by column; of one that is gone, its `uid`, and since when."""
    event, changed = entry.event, entry.changed_at.astimezone(UTC).isoformat() if entry.changed_at else None
    if entry.gone:
        return {"uid": str(event.id), "updatedat": changed, "deletedat": changed}
    slots = [_timing(slot, event) for slot in event.slots]
    place = event.place
    return {
        "uid": str(event.id),
        "slug": event.reference or str(event.id),
        "title_fr": event.title,
        "description_fr": event.description[:_SHORT],
        "longdescription_fr": event.description,
        "conditions_fr": _conditions(event.price_cents),
        "keywords_fr": _keywords(event),
        "firstdate_begin": min(slot["begin"] for slot in slots),
        "lastdate_end": max(slot["end"] for slot in slots),
        "timings": slots,
        "location_uid": place.commune,
        "location_name": place.name,
        "location_address": place.address,
        "location_postalcode": place.postcode,
        "location_city": place.city,
        "location_department": territory.name_of(place.departement) if place.departement else None,
        "location_region": territory.name_of(f"R{place.region}") if place.region else None,
        "location_coordinates": None if place.latitude is None else {"lat": place.latitude, "lon": place.longitude},
        "attendancemode": _MODES[place.mode],
        "status": _status(entry),
        "registration": [place.url or f"{public_url}/evenements/{event.id}"],
        "accessibility": list(event.accessibility),
        "age_min": None,
        "age_max": None,
        "originagenda_title": agenda,
        "updatedat": changed,
        "deletedat": None,
    }


def table(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8); what is no text is JSON in its cell, as in the export."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS, restval="")
    writer.writeheader()
    for each in rows:
        writer.writerow({name: _cell(value) for name, value in each.items()})
    return written.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return orjson.dumps(value).decode() if isinstance(value, (list, dict)) else value


def _timing(slot: Slot, event: EventState) -> dict[str, str]:
    zone = ZoneInfo(event.time_zone)
    return {name: _instant(getattr(slot, name), zone) for name in ("begin", "end")}


def _instant(local: datetime, zone: ZoneInfo) -> str:
    return local.replace(tzinfo=zone).isoformat()


def _status(entry: Entry) -> int:
    """6 cancelled, 4 postponed, 2 rescheduled, 5 full, 1 scheduled: the first that is true."""
    code = _STATUS[entry.event.occurrence]
    return _FULL if code == 1 and entry.places.left == 0 else code


def _conditions(price_cents: int) -> str:
    return f"{price_cents / 100:.2f} €".replace(".", ",") if price_cents else "Gratuit"


def _keywords(event: EventState) -> list[str]:
    themes, audience = (_THEMES[each] for each in event.themes), (_AUDIENCES[each] for each in event.audience)
    return [word for word in (_TYPES[event.type], *themes, *audience) if word]
