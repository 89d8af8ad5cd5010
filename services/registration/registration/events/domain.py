"""Rules of events: identity of what the charter judges, likeness, territory, transitions."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import orjson

from registration.events.content import EventContent
from shared import territory
from shared.contracts.registration import EventStatus, Place, Slot

_NOT_JUDGED = {"reference", "capacity", "accessibility"}
_WORDS = re.compile(r"[^\W_]+")
_SHORTEST_TEXT = 80
"""Characters of a description from which the same text is no coincidence."""

OPEN: frozenset[EventStatus] = frozenset({"submitted", "labelled", "in_review", "refused"})
"""States in which an event can be amended and withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """Where an event lies. All None for an online event whose organiser gave no postcode, or an unknown postcode."""

    commune: str | None
    departement: str | None
    region: str | None
    time_zone: str


def territory_of(content: EventContent) -> Territory:
    """From postcode and city; the time zone is that of the place."""
    found = territory.locate(postcode=content.place.postcode, city=content.place.city)
    if found is None:
        return Territory(commune=None, departement=None, region=None, time_zone=territory.PARIS)
    return Territory(
        commune=found.commune.code if found.commune else None,
        departement=found.departement,
        region=found.region,
        time_zone=found.time_zone,
    )


def content_hash(content: EventContent) -> bytes:
    """Of all that the organiser says."""
    return _digest(content.model_dump(mode="json"))


def judged_hash(content: EventContent) -> bytes:
    """Of what the charter judges: a change of it is a new revision."""
    return _digest(content.model_dump(mode="json", exclude=_NOT_JUDGED))


def likeness(*, organiser_id: object, content: EventContent) -> list[str]:
    """
    Marks of which two events share one when they say the same.

    The same organiser at the same place and time under the same title; or the same long text from the same organiser at
    the same time. Titles and texts are compared without case, accents and punctuation.
    """
    when = sorted((slot.begin.isoformat(), slot.end.isoformat()) for slot in content.slots)
    title, text = _plain(content.title), _plain(content.description)
    marks = [_digest([str(organiser_id), "place", content.place.postcode, title, when]).hex()[:24]]
    if len(text) >= _SHORTEST_TEXT:
        marks.append(_digest([str(organiser_id), "text", text, when]).hex()[:24])
    return marks


def place_of(content: EventContent, where: Territory) -> Place:
    """The place as published."""
    return Place(
        **content.place.model_dump(), commune=where.commune, departement=where.departement, region=where.region
    )


def slots_of(content: EventContent) -> tuple[Slot, ...]:
    """The slots as published."""
    return tuple(Slot(begin=slot.begin, end=slot.end) for slot in content.slots)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORDS.findall("".join(each for each in decomposed if not unicodedata.combining(each))))


def _digest(value: object) -> bytes:
    return hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
