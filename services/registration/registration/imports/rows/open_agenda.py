"""OpenAgenda's public export, as CSV or JSON lines, in the platform's terms."""

from collections.abc import Mapping
from typing import Any, Literal

from registration.imports.reading import Layout
from registration.imports.rows import words
from registration.imports.rows.export_values import address_of, code_of, integer, listed, point, text, without_markup
from registration.imports.rows.mapped import Mapped
from registration.imports.rows.timings import NotTimings, local_slots
from shared import territory
from shared.contracts.base import Bilingual

MARK = "title_fr"
"""A column that tells this format from the platform's own."""

LAYOUT = Layout(
    columns=frozenset(
        {
            *("uid", "slug", "title_fr", "description_fr", "longdescription_fr", "conditions_fr", "keywords_fr"),
            *("firstdate_begin", "lastdate_end", "timings", "location_uid", "location_name", "location_address"),
            *("location_postalcode", "location_city", "location_department", "location_region"),
            *("location_coordinates", "attendancemode", "status", "registration", "accessibility"),
            *("age_min", "age_max", "originagenda_title"),
        },
    ),
    required=frozenset({"uid", "title_fr"}),
    others_allowed=True,
)

Mode = Literal["onsite", "online", "mixed"]
_MODES: Mapping[str, Mode] = {
    **dict.fromkeys(("1", "offline", "onsite", "sur place", "hors ligne"), "onsite"),
    **dict.fromkeys(("2", "online", "en ligne"), "online"),
    **dict.fromkeys(("3", "mixed", "mixte", "hybride"), "mixed"),
}
_CANCELLED = frozenset({"6", "cancelled", "canceled", "annule"})
_LONGEST = 10_000
_COLUMNS = {
    "reference": "uid",
    "title": "title_fr",
    "description": "longdescription_fr",
    "price_cents": "conditions_fr",
    "slots": "timings",
    "place": "location_postalcode",
    "place.name": "location_name",
    "place.address": "location_address",
    "place.postcode": "location_postalcode",
    "place.city": "location_city",
    "place.url": "registration",
    "place.latitude": "location_coordinates",
    "place.longitude": "location_coordinates",
}


def mapped(row: Mapping[str, Any]) -> Mapped:
    """A row of the export. It names no organiser's address: the import names the organiser of the file."""
    title = text(row.get("title_fr"))
    keywords = words.keywords_of(listed(row.get("keywords_fr")))
    mode = _MODES.get(code_of(row.get("attendancemode")), "onsite")
    place = _place(row, mode)
    result = Mapped(
        content={
            "reference": text(row.get("uid")),
            "title": title,
            "description": _description(row),
            "type": words.event_type(title=words.plain(title), keywords=keywords),
            "themes": words.themes(title=words.plain(title), keywords=keywords),
            "audience": words.audience(keywords=keywords, age_max=integer(row.get("age_max"))),
            "place": place,
            "accessibility": listed(row.get("accessibility")),
        },
        withdrawn=code_of(row.get("status")) in _CANCELLED,
        column_of=_column_of,
    )
    _add_price(row, result)
    _add_slots(row, place, result)
    return result


def _column_of(field: str) -> str:
    return _COLUMNS.get(field) or field.replace("slots.", "timings.")


def _description(row: Mapping[str, Any]) -> str:
    """Both texts, unless the long one begins with the short or leaves no room for it."""
    short = without_markup(text(row.get("description_fr")))
    long = without_markup(text(row.get("longdescription_fr")))
    both = long if long.startswith(short) else f"{short}\n\n{long}".strip()
    return both if len(both) <= _LONGEST or not long else long


def _place(row: Mapping[str, Any], mode: Mode) -> dict[str, Any]:
    place: dict[str, Any] = {
        "mode": mode,
        "name": text(row.get("location_name")),
        "address": text(row.get("location_address")),
        "postcode": text(row.get("location_postalcode")),
        "city": text(row.get("location_city")),
    }
    if mode != "onsite" and (url := address_of(row.get("registration"))):
        place["url"] = url
    if coordinates := point(row.get("location_coordinates")):
        place["latitude"], place["longitude"] = coordinates
    return place


def _add_price(row: Mapping[str, Any], result: Mapped) -> None:
    price = words.price_cents(text(row.get("conditions_fr")))
    if price is None:
        result.faults["conditions_fr"] = Bilingual(
            fr="c’est payant, mais sans dire combien : écrivez le montant en euros",
            en="it says that one pays, but not how much: write the amount in euros",
        )
    else:
        result.content["price_cents"] = price


def _add_slots(row: Mapping[str, Any], place: Mapping[str, Any], result: Mapped) -> None:
    where = territory.locate(postcode=place["postcode"], city=place["city"])
    zone = where.time_zone if where else territory.PARIS
    try:
        result.content["slots"] = local_slots(
            timings=row.get("timings"),
            first=text(row.get("firstdate_begin")),
            last=text(row.get("lastdate_end")),
            time_zone=zone,
        )
    except NotTimings as error:
        result.faults["timings"] = error.words
