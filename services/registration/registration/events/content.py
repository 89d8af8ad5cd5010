"""What an organiser says of an event: the body of requests, the content of drafts and of import rows."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from shared.contracts.base import LOCAL_TIME_SCHEMA, Bilingual, BrokenRule
from shared.contracts.registration import Accessibility, Audience, EventType, Theme

Line = Annotated[str, StringConstraints(strip_whitespace=True)]
Item = TypeVar("Item")


_TRUTH_VALUE = Bilingual(
    fr="c’est vrai ou faux : donnez un nombre ou un texte", en="it is true or false: give a number or a text"
)
_NUL = Bilingual(fr="il y a un caractère NUL : supprimez-le", en="it contains a NUL character: remove it")
_OFFSET = Bilingual(
    fr="donnez l’heure locale du lieu, sans décalage : 2020-03-31T09:00",
    en="give the local time of the place, without an offset: 2020-03-31T09:00",
)
_YEARS = Bilingual(
    fr="l’année n’est pas entre 2000 et 2100 : corrigez-la", en="the year is not between 2000 and 2100: correct it"
)
_END_FIRST = Bilingual(
    fr="la fin ne vient pas après le début : échangez-les, ou corrigez la date",
    en="the end is not after the begin: exchange them, or correct the date",
)
_NO_PLACE = Bilingual(
    fr="donnez le code postal et la commune, ou le mode online et une adresse web (url)",
    en="give postcode and city, or mode online and a url",
)


def _each_once(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


Once = AfterValidator(_each_once)
"""A list in which each item stands once."""


class Content(BaseModel):
    """What callers send: unknown fields are refused, and so is text that no database stores."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_value(cls, value: object) -> object:
        if isinstance(value, bool):
            raise BrokenRule(_TRUTH_VALUE)
        return value

    @field_validator("*")
    @classmethod
    def _without_nul(cls, value: object) -> object:
        if isinstance(value, str) and "\x00" in value:
            raise BrokenRule(_NUL)
        return value


def _five_digits(value: str) -> str:
    """A spreadsheet eats the leading zero of 01000."""
    return value.zfill(5) if value else value


def _local(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise BrokenRule(_OFFSET)
    return value.replace(second=0, microsecond=0)


def _year(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2100:  # noqa: PLR2004
        raise BrokenRule(_YEARS)
    return value


LocalTime = Annotated[datetime, AfterValidator(_local), AfterValidator(_year), LOCAL_TIME_SCHEMA]


class SlotContent(Content):
    """From when to when, in the local time of the place."""

    begin: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end <= self.begin:
            raise BrokenRule(_END_FIRST)
        return self


def _in_order(slots: list[SlotContent]) -> list[SlotContent]:
    """A set in the order of time: another order of the same slots says nothing else."""
    return [slot for _, slot in sorted({(slot.begin, slot.end): slot for slot in slots}.items())]


class PlaceContent(Content):
    """Where. On site: postcode and city. Online: a `url`."""

    mode: Literal["onsite", "online", "mixed"] = "onsite"
    name: Annotated[Line, Field(max_length=200, examples=["Atelier de Montoir"])] = ""
    address: Annotated[Line, Field(max_length=300, examples=["2 rue des Chantiers"])] = ""
    postcode: Annotated[Line, Field(pattern=r"^([0-9]{4,5})?$", examples=["44550"]), AfterValidator(_five_digits)] = ""
    city: Annotated[Line, Field(max_length=100, examples=["Montoir-de-Bretagne"])] = ""
    url: Annotated[Line, Field(max_length=500, pattern=r"^(https?://\S+)?$")] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class EventContent(Content):
    """An event as its organiser describes it."""

    reference: Annotated[Line, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="Your own name for the event, unique among yours", examples=["VISITE-01"]
    )
    title: Annotated[Line, Field(min_length=3, max_length=200)] = Field(examples=["Visite de l'atelier de soudure"])
    description: Annotated[Line, Field(max_length=10_000)] = Field(
        examples=["Découvrez la fabrication de pièces métalliques : soudure, usinage et contrôle qualité."]
    )
    type: EventType = Field(examples=["company_visit"])
    themes: Annotated[list[Theme], Once] = Field(default=[], max_length=4, examples=[["recruitment"]])
    audience: Annotated[list[Audience], Once] = Field(
        default=["general_public"], max_length=5, examples=[["general_public"]]
    )
    price_cents: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    slots: Annotated[list[SlotContent], AfterValidator(_in_order)] = Field(min_length=1, max_length=60)
    place: PlaceContent
    capacity: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="People; null when there is no limit", examples=[40]
    )
    accessibility: Annotated[list[Accessibility], Once] = Field(
        default=[], max_length=5, description="hi, vi, pi, mi, ii: hearing, visual, psychic, motor, intellectual"
    )

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.place.mode == "online":
            return self
        if not (self.place.postcode and self.place.city):
            raise BrokenRule(_NO_PLACE, field="place")
        return self


DraftContent = dict[str, object]
"""A draft may lack anything: it is checked when it is submitted."""
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def why_not_storable(content: DraftContent) -> str | None:
    """What the database cannot keep of a draft, if anything."""
    try:
        text = orjson.dumps(content)
    except TypeError as error:  # half a character, a number of more than 64 bits, too deep
        return f"it cannot be kept: {error}"
    return "it contains a NUL character" if contains_nul(text) else None


def contains_nul(json: bytes) -> bool:
    """Whether a text in it does, which no database stores."""
    return b"\\u0000" in json and _ESCAPED_NUL.search(json) is not None
