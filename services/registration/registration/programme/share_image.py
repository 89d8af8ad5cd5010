"""The image that is shown where an event's page is shared (`og:image`): 1200 × 630 pixels, by a typst template."""

from collections.abc import Mapping
from importlib.resources import files
from textwrap import shorten

from shared import documents
from shared.contracts.base import Language
from shared.contracts.registration import EventState, Occurrence
from shared.pages import formats

WIDTH, HEIGHT = 1200, 630
_TEMPLATE = (files(__package__) / "share.typ").read_bytes()
_LONGEST_TITLE = 120
_LONGEST_LINE = 60
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {"site": "Semaine de l’Industrie", "online": "En ligne", "undated": "Nouvelle date à venir"},
    "en": {"site": "Semaine de l’Industrie", "online": "Online", "undated": "New date to come"},
}
_STATES: Mapping[Language, Mapping[Occurrence, str]] = {
    "fr": {"rescheduled": "Reporté", "postponed": "Reporté", "cancelled": "Annulé"},
    "en": {"rescheduled": "New dates", "postponed": "Postponed", "cancelled": "Cancelled"},
}


def content(event: EventState, *, language: Language) -> bytes:
    """What the image says; the same event says the same."""
    words = _WORDS[language]
    return documents.packed({
        "language": language,
        "site": words["site"],
        "title": shorten(event.title, _LONGEST_TITLE, placeholder="…"),
        "state": _STATES[language].get(event.occurrence, ""),
        "when": words["undated"] if event.occurrence == "postponed" else _when(event, language),
        "where": words["online"] if event.place.mode == "online" else _where(event),
    })  # fmt: skip


def image(says: bytes) -> bytes:
    """The PNG."""
    return documents.png(_TEMPLATE, says)


def _when(event: EventState, language: Language) -> str:
    first, last = event.slots[0].begin.date(), event.slots[-1].end.date()
    return formats.days(first, last, locale=formats.locale_of(language))


def _where(event: EventState) -> str:
    place = event.place
    lines = (place.name, f"{place.city} ({place.departement})" if place.departement else place.city)
    return shorten(", ".join(line for line in lines if line.strip()), _LONGEST_LINE, placeholder="…")
