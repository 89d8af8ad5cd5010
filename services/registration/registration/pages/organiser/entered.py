"""
Between an event's form and its content.

Whatever was entered stays in the content as it was, also what makes no sense: a draft keeps it, the form shows it
again, and the rules of `EventContent` say what is wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from registration.pages.fields import iso_day, text_of

MOST_SLOTS = 60
_LISTS = ("themes", "audience", "accessibility")
_PLACE = ("name", "address", "postcode", "city", "url")
_SLOT = re.compile(r"slots\.(\d{1,3})\.(?:day|begin|end|last)")
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?)?")
_SECONDS = re.compile(r"(?<=\d\d:\d\d):.*")
_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*(?:€|euros?)?", re.IGNORECASE)


def content_of(form: FormData, *, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered, as `EventContent` wants it where it can be. `before`: has what the form does not show."""
    place = _place(form, before=_mapping(before.get("place")))
    content: dict[str, Any] = {
        "title": text_of(form, "title"),
        "description": text_of(form, "description"),
        "slots": _slots(form),
        "place": place,
        "price_cents": _cents(text_of(form, "price_cents")),
        **{name: [str(each) for each in form.getlist(name)] for name in _LISTS},
    }
    if type_ := text_of(form, "type"):
        content["type"] = type_
    if capacity := text_of(form, "capacity"):
        digits = re.sub(r"\s", "", capacity)
        content["capacity"] = int(digits) if digits.isdecimal() and len(digits) < 9 else capacity  # noqa: PLR2004
    if reference := text_of(form, "reference"):
        content["reference"] = reference
    return content


def values_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form, by name."""
    place = _mapping(content.get("place"))
    values: dict[str, Any] = {name: content.get(name) for name in ("title", "description", "type", "reference")}
    values |= {name: content.get(name) for name in (*_LISTS, "capacity")}
    values["price_cents"] = _euros(content.get("price_cents", 0))
    values |= {f"place.{name}": place.get(name) for name in _PLACE}
    values["place.mode"] = place.get("mode") or "onsite"
    for number, slot in enumerate(slots_in(content)):
        values |= {f"slots.{number}.{name}": value for name, value in slot.items()}
    return values


def slots_in(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each slot as its four fields: day, begin, end, and the last day where it is another."""
    slots = content.get("slots")
    found = []
    for slot in slots if isinstance(slots, list) else ():
        day, _, begin = str(_mapping(slot).get("begin") or "").partition("T")
        last, _, end = str(_mapping(slot).get("end") or "").partition("T")
        begin, end = (_SECONDS.sub("", each) for each in (begin, end))
        found.append({"day": day, "begin": begin, "end": end, "last": "" if last == day else last})
    return found


def _slots(form: FormData) -> list[dict[str, str]]:
    numbers = sorted({int(match[1]) for name in form if (match := _SLOT.fullmatch(name))})
    found = []
    for number in numbers[: MOST_SLOTS + 1]:
        day, last = (iso_day(text_of(form, f"slots.{number}.{name}")) for name in ("day", "last"))
        begin, end = (_clock(text_of(form, f"slots.{number}.{name}")) for name in ("begin", "end"))
        if day or begin or end or last:
            found.append({"begin": f"{day}T{begin}", "end": f"{last or day}T{end}"})
    return found


def _place(form: FormData, *, before: Mapping[str, Any]) -> dict[str, Any]:
    """Where the place has not changed, its coordinates stay."""
    place: dict[str, Any] = {"mode": text_of(form, "place.mode") or "onsite"}
    place |= {name: text_of(form, f"place.{name}") for name in _PLACE}
    if all(place[name] == before.get(name, "") for name in ("address", "postcode", "city")):
        place |= {name: before[name] for name in ("latitude", "longitude") if before.get(name) is not None}
    return place


def _clock(text: str) -> str:
    """9h30 as 09:30, 9 h as 09:00."""
    match = _CLOCK.fullmatch(text.lower())
    return f"{int(match[1]):02}:{match[2] or '00'}" if match else text


def _cents(text: str) -> int | str:
    """12,50 € as 1250; nothing is free."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return text or 0
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _euros(cents: object) -> str:
    if not isinstance(cents, int):
        return str(cents or "")
    return f"{cents // 100},{cents % 100:02}" if cents % 100 else str(cents // 100)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
