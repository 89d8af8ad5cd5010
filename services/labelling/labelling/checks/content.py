"""An event as far as its organiser has come."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from shared import territory
from shared.contracts.base import LOCAL_TIME_SCHEMA
from shared.contracts.registration import (
    Audience,
    EventState,
    EventType,
    OrganiserIdentity,
    OrganiserKind,
    Place,
    Slot,
)

_NOBODY = UUID(int=0)


def _local(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("give the local time of the place, without an offset: 2020-03-31T09:00")
    if not 2000 <= value.year <= 2100:  # noqa: PLR2004
        raise ValueError("the year is not between 2000 and 2100")
    return value


LocalTime = Annotated[datetime, AfterValidator(_local), LOCAL_TIME_SCHEMA]


class SlotContent(BaseModel):
    """From when to when, in the local time of the place."""

    begin: LocalTime
    end: LocalTime


class PlaceContent(BaseModel):
    mode: Literal["onsite", "online", "mixed"] = "onsite"
    name: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=300)
    postcode: str = Field(default="", max_length=20, examples=["44550"])
    city: str = Field(default="", max_length=100, examples=["Montoir-de-Bretagne"])
    url: str = Field(default="", max_length=500)


class OrganiserContent(BaseModel):
    kind: OrganiserKind
    siret: str | None = Field(default=None, max_length=40)
    uai: str | None = Field(default=None, max_length=40)
    rna: str | None = Field(default=None, max_length=40)


class CheckedContent(BaseModel):
    """The `event` of `POST /v1/events`, any part of which may lack; what else there is does not matter."""

    title: str = Field(default="", max_length=500, examples=["Visite de l'atelier de soudure"])
    description: str = Field(
        default="", max_length=30_000, examples=["Découvrez la fabrication de pièces métalliques."]
    )
    type: EventType = "other"
    audience: list[Audience] = Field(default=[], max_length=20, examples=[["general_public"]])
    price_cents: int = Field(default=0, strict=True, ge=0, le=1_000_000)
    slots: list[SlotContent] = Field(default=[], max_length=60)
    place: PlaceContent = Field(default=PlaceContent())
    organiser: OrganiserContent | None = Field(default=None, description="Without it, its number is not checked")

    def event(self, *, edition_id: str, now: datetime) -> EventState:
        """As registration would publish it, but for its ids."""
        found = territory.locate(postcode=self.place.postcode, city=self.place.city)
        organiser = self.organiser or OrganiserContent(kind="public_body")
        return EventState(
            id=_NOBODY,
            edition_id=edition_id,
            organiser=OrganiserIdentity(id=_NOBODY, name="", **organiser.model_dump()),
            revision=1,
            status="submitted",
            title=self.title.strip(),
            description=self.description.strip(),
            type=self.type,
            audience=tuple(self.audience),
            price_cents=self.price_cents,
            slots=tuple(Slot(begin=slot.begin, end=slot.end) for slot in self.slots),
            time_zone=found.time_zone if found else territory.PARIS,
            place=Place(
                **self.place.model_dump(),
                commune=found.commune.code if found and found.commune else None,
                departement=found.departement if found else None,
                region=found.region if found else None,
            ),
            submitted_at=now,
            changed_at=now,
        )
