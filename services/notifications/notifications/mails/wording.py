"""Dates, places and names in words, in French and English."""

from datetime import date, datetime, time
from itertools import groupby

from shared.contracts.base import Language
from shared.contracts.registration import Place, Slot, Window

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
        "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_NATIONAL_ZONE = "Europe/Paris"
_LOCAL_TIME = {"fr": "heure locale", "en": "local time"}
_ONLINE = {"fr": "En ligne", "en": "Online"}


def day_in_words(day: date, *, language: Language) -> str:
    """`mardi 31 mars 2020`, `Tuesday 31 March 2020`."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{_DAYS[language][day.weekday()]} {number} {_MONTHS[language][day.month - 1]} {day.year}"


def window_in_words(window: Window, *, language: Language) -> str:
    """`du lundi 16 novembre 2020 au dimanche 22 novembre 2020`, `from … to …`."""
    first, last = (day_in_words(day, language=language) for day in (window.first_day, window.last_day))
    return f"du {first} au {last}" if language == "fr" else f"from {first} to {last}"


def time_in_words(moment: time, *, language: Language) -> str:
    """`9 h`, `14 h 30`; `9:00`, `14:30`."""
    if language == "en":
        return f"{moment.hour}:{moment.minute:02}"
    return f"{moment.hour}\N{NO-BREAK SPACE}h" + (f"\N{NO-BREAK SPACE}{moment.minute:02}" if moment.minute else "")


def moment_in_words(moment: datetime, *, language: Language) -> str:
    """A local moment, as `mardi 31 mars 2020 à 9 h`."""
    joint = {"fr": " à ", "en": " at "}[language]
    return f"{day_in_words(moment.date(), language=language)}{joint}{time_in_words(moment.time(), language=language)}"


def slots_in_words(slots: tuple[Slot, ...], *, time_zone: str, language: Language) -> list[str]:
    """One line a day, its hours behind it; `local time` is added outside the national time zone."""
    zone = "" if time_zone == _NATIONAL_ZONE else f" ({_LOCAL_TIME[language]})"
    ordered = sorted(slots, key=lambda slot: slot.begin)
    lines = []
    for day, within in groupby(ordered, key=lambda slot: slot.begin.date()):
        hours = ", ".join(_hours(slot, language=language) for slot in within)
        lines.append(f"{day_in_words(day, language=language)}, {hours}{zone}")
    return lines


def _hours(slot: Slot, *, language: Language) -> str:
    begin = time_in_words(slot.begin.time(), language=language)
    if slot.end.date() == slot.begin.date():
        return f"{begin} – {time_in_words(slot.end.time(), language=language)}"
    return f"{begin} – {moment_in_words(slot.end, language=language)}"


def place_in_words(place: Place, *, language: Language) -> list[str]:
    """The lines of an address, and the link of what takes place online."""
    town = " ".join(part for part in (place.postcode, place.city) if part)
    address = [line for line in (place.name, place.address, town) if line]
    if place.mode == "onsite":
        return address
    online = f"{_ONLINE[language]}{_colon(language)}{place.url}" if place.url else _ONLINE[language]
    return [online] if place.mode == "online" else [*address, online]


def _colon(language: Language) -> str:
    return "\N{NO-BREAK SPACE}: " if language == "fr" else ": "
