"""Complete enough for a programme: a title, a description, times that can be, and where it is."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding, Part, worded
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState, Place, Slot


class Length(Part):
    """Characters of a text, blanks at its ends not counted."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1, le=100_000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}: exchange them")
        return self


class Parameters(Part):
    title_characters: Length
    description_characters: Length
    longest_slot_hours: int = Field(ge=1, le=24 * 366)


_PARTS: Mapping[str, frozenset[str]] = {
    "title_too_short": frozenset({"length", "minimum"}),
    "title_too_long": frozenset({"length", "maximum"}),
    "description_too_short": frozenset({"length", "minimum"}),
    "description_too_long": frozenset({"length", "maximum"}),
    "no_slot": frozenset(),
    "slot_ends_before_it_begins": frozenset({"slot"}),
    "slot_too_long": frozenset({"slot", "maximum"}),
    "no_address": frozenset(),
    "no_link": frozenset(),
}


class Completeness(Criterion):
    """All there: met. Something lacks: unmet, and everything that lacks is said at once."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset(),
        "unmet": frozenset({"problems"}),
        **_PARTS,
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "title_too_short": Bilingual(
            fr="allongez le titre : au moins {minimum} caractères",
            en="lengthen the title: at least {minimum} characters",
        ),
        "title_too_long": Bilingual(
            fr="raccourcissez le titre : au plus {maximum} caractères",
            en="shorten the title: at most {maximum} characters",
        ),
        "description_too_short": Bilingual(
            fr="développez la description : au moins {minimum} caractères",
            en="develop the description: at least {minimum} characters",
        ),
        "description_too_long": Bilingual(
            fr="raccourcissez la description : au plus {maximum} caractères",
            en="shorten the description: at most {maximum} characters",
        ),
        "no_slot": Bilingual(
            fr="donnez au moins un horaire",
            en="give at least one time",
        ),
        "slot_ends_before_it_begins": Bilingual(
            fr="corrigez l’horaire {slot} : la fin vient après le début",
            en="correct the time {slot}: the end comes after the beginning",
        ),
        "slot_too_long": Bilingual(
            fr="coupez l’horaire {slot} en un par jour",
            en="divide the time {slot} into one a day",
        ),
        "no_address": Bilingual(
            fr="donnez la commune, et l’adresse ou le nom du lieu",
            en="give the city, and the address or the name of the place",
        ),
        "no_link": Bilingual(
            fr="donnez le lien de l’événement en ligne",
            en="give the link of the online event",
        ),
    }

    criterion: Literal["completeness"]
    parameters: Parameters

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        limits = self.parameters
        problems = [
            *_length("title", event.title, limits.title_characters),
            *_length("description", event.description, limits.description_characters),
            *_slots(event.slots, limits.longest_slot_hours),
            *_place(event.place),
        ]
        if not problems:
            return Finding(outcome="met", message="met")
        texts = [worded(self.messages[name], values) for name, values in problems]
        remedies = [worded(self.REMEDIES[name], values) for name, values in problems]
        return Finding(
            outcome="unmet",
            message="unmet",
            values={"problems": wording.listing(texts, separator=" ; ")},
            found=tuple(dict.fromkeys(name for name, _ in problems)),
            remedy=_sentence(wording.listing(remedies, separator=" ; ")),
        )


def _sentence(text: Bilingual) -> Bilingual:
    return Bilingual(fr=f"{text.fr[0].upper()}{text.fr[1:]}.", en=f"{text.en[0].upper()}{text.en[1:]}.")


_Problem = tuple[str, Mapping[str, str | Bilingual]]


def _length(part: Literal["title", "description"], text: str, limits: Length) -> Iterator[_Problem]:
    length = len(text.strip())
    if length < limits.minimum:
        yield f"{part}_too_short", {"length": str(length), "minimum": str(limits.minimum)}
    elif length > limits.maximum:
        yield f"{part}_too_long", {"length": str(length), "maximum": str(limits.maximum)}


def _slots(slots: tuple[Slot, ...], longest_hours: int) -> Iterator[_Problem]:
    longest = timedelta(hours=longest_hours)
    if not slots:
        yield "no_slot", {}
    for slot in slots:
        if slot.end <= slot.begin:
            yield "slot_ends_before_it_begins", {"slot": wording.slot(slot)}
        elif slot.end - slot.begin > longest:
            yield "slot_too_long", {"slot": wording.slot(slot), "maximum": str(longest_hours)}


def _place(place: Place) -> Iterator[_Problem]:
    if place.mode != "online" and not (place.city.strip() and (place.address.strip() or place.name.strip())):
        yield "no_address", {}
    if place.mode != "onsite" and not place.url.strip():
        yield "no_link", {}
