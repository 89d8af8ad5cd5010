"""
The latest changes of the programme as Atom (RFC 4287) and RSS 2.0.

Written with the standard library: feedgen, the usual choice, comes as source alone, which our images refuse.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from registration.feeds.domain import Entry
from shared.contracts.base import Language
from shared.contracts.registration import EventState, Occurrence, Slot

_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATES: Mapping[Language, Mapping[Occurrence, str]] = {
    "fr": {"rescheduled": "Reporté", "postponed": "Reporté, date à venir", "cancelled": "Annulé"},
    "en": {"rescheduled": "Rescheduled", "postponed": "Postponed, date to follow", "cancelled": "Cancelled"},
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {"instead_of": "au lieu de", "online": "en ligne", "about": "Le programme, au fil de ses changements"},
    "en": {"instead_of": "instead of", "online": "online", "about": "The programme, as it changes"},
}
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""What XML 1.0 cannot carry."""


def atom(entries: Sequence[Entry], *, title: str, language: Language, public_url: str, address: str) -> bytes:
    """`address`: the feed's own."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    add = _adder(feed)
    add("id", address)
    add("title", title)
    add("subtitle", _WORDS[language]["about"])
    add("updated", _updated(entries).isoformat())
    add("link", rel="self", href=address)
    add("link", rel="alternate", href=f"{public_url}/programme", type="text/html")
    for each in entries:
        _atom_entry(ET.SubElement(feed, "entry"), each, language=language, public_url=public_url)
    return _written(feed)


def rss(entries: Sequence[Entry], *, title: str, language: Language, public_url: str, address: str) -> bytes:
    """`address`: the feed's own."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = ET.SubElement(root, "channel")
    add = _adder(channel)
    add("title", title)
    add("link", f"{public_url}/programme")
    add("description", _WORDS[language]["about"])
    add("language", language)
    add("lastBuildDate", format_datetime(_updated(entries), usegmt=True))
    ET.SubElement(channel, "atom:link", {"rel": "self", "href": address, "type": "application/rss+xml"})
    for each in entries:
        event, item = each.event, _adder(ET.SubElement(channel, "item"))
        item("title", _title(event, language))
        item("link", _page(event, public_url))
        item("guid", f"urn:uuid:{event.id}:{event.calendar_sequence}", isPermaLink="false")
        item("pubDate", format_datetime((each.changed_at or event.changed_at).astimezone(UTC), usegmt=True))
        item("category", event.type)
        item("description", _summary(event, language))
    return _written(root)


def _atom_entry(element: ET.Element, each: Entry, *, language: Language, public_url: str) -> None:
    event, add = each.event, _adder(element)
    add("id", f"urn:uuid:{event.id}")
    add("title", _title(event, language))
    add("updated", (each.changed_at or event.changed_at).isoformat())
    add("published", event.submitted_at.isoformat())
    add("link", rel="alternate", href=_page(event, public_url), type="text/html")
    add("category", term=event.type)
    for theme in event.themes:
        add("category", term=theme)
    author = ET.SubElement(element, "author")
    _adder(author)("name", event.organiser.name)
    add("summary", _summary(event, language))


def _adder(parent: ET.Element) -> Callable[..., None]:
    """Adds children of `parent`, with attributes and text that XML can carry."""

    def add(name: str, text: str = "", **attributes: str) -> None:
        child = ET.SubElement(parent, name, attributes)
        child.text = text.translate(_UNPRINTABLE) or None

    return add


def _title(event: EventState, language: Language) -> str:
    state = _STATES[language].get(event.occurrence)
    colon = " : " if language == "fr" else ": "
    return f"{state}{colon}{event.title}" if state else event.title


def _summary(event: EventState, language: Language) -> str:
    words = _WORDS[language]
    when = _when(event.slots)
    if event.occurrence == "rescheduled" and event.previous_slots:
        when = f"{when} ({words['instead_of']} {_when(event.previous_slots)})"
    town = " ".join(part for part in (event.place.postcode, event.place.city) if part)
    return " · ".join(part for part in (when, town or words["online"], event.organiser.name, event.description) if part)


def _when(slots: Sequence[Slot]) -> str:
    return ", ".join(f"{slot.begin:%d/%m/%Y %H:%M}–{slot.end:%H:%M}" for slot in slots)


def _page(event: EventState, public_url: str) -> str:
    return f"{public_url}/evenements/{event.id}"


def _updated(entries: Sequence[Entry]) -> datetime:
    return max((each.changed_at for each in entries if each.changed_at), default=_EPOCH).astimezone(UTC)


def _written(root: ET.Element) -> bytes:
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content
