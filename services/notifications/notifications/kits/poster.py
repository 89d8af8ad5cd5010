"""The poster of a labelled event: a page A4 as tagged PDF, with a QR code that leads to the event's page."""

from collections.abc import Mapping, Sequence

from notifications.mails.domain import Edition, Event
from notifications.mails.rendering import TEMPLATES
from notifications.mails.wording import place_in_words, slots_in_words
from shared import documents
from shared.contracts.base import Language

_TEMPLATE = (TEMPLATES / "kit" / "poster.typ").read_bytes()
_REGIONS: Mapping[Language, str] = {"fr": "FR", "en": "GB"}
_MOST_LINES = 6
LABELLED: Mapping[Language, str] = {"fr": "Événement labellisé", "en": "Labelled event"}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "organised_by": "Organisé par",
        "sign_up": "Informations et inscription",
        "code_says": "Code QR vers la page de l’événement : {link}",
    },
    "en": {
        "organised_by": "Organised by",
        "sign_up": "Information and registration",
        "code_says": "QR code that leads to the event’s page: {link}",
    },
}


def poster(event: Event, edition: Edition, *, link: str, language: Language) -> bytes:
    """The PDF. `link`: address of the event's page."""
    words = _WORDS[language]
    slots = slots_in_words(event.slots, time_zone=event.time_zone, language=language)
    says = {
        "language": language,
        "region": _REGIONS[language],
        "edition": edition.name.in_language(language),
        "labelled": LABELLED[language],
        "title": " ".join(event.title.split()),
        "organised_by": words["organised_by"],
        "organiser": event.organiser,
        "slots": _first(slots),
        "place": _first(place_in_words(event.place, language=language)),
        "sign_up": words["sign_up"],
        "link": link,
        "code": documents.qr_code(link),
        "code_says": words["code_says"].format(link=link),
    }
    return documents.pdf(_TEMPLATE, documents.packed(says))


def _first(lines: Sequence[str]) -> list[str]:
    return [*lines[:_MOST_LINES], *["…"] * (len(lines) > _MOST_LINES)]
