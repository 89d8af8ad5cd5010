"""What partners' requests and answers look like."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from yarl import URL

from notifications.partners import domain
from notifications.partners.domain import MOST_AT_ONCE, AnnouncementType, Territory
from shared.contracts.registration import EventType

PARTNER_EXAMPLE: JsonDict = {
    "name": "CCI Hauts-de-France",
    "url": "https://partner.example/semaine",
    "types": ["event.published", "event.withdrawn"],
    "event_types": ["company_visit", "open_day"],
    "territories": ["R32", "80"],
}


def _normal_url(value: str) -> str:
    """The URL in ASCII; whether it may be used is judged apart, because that depends on the settings."""
    try:
        return str(URL(value))
    except ValueError as error:
        raise ValueError(f"{error}: give a URL like https://partner.example/semaine") from None


def _without_doubles(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("it contains a NUL character")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_without_nul)]
Url = Annotated[str, Field(min_length=8, max_length=2000), AfterValidator(_normal_url)]
Types = Annotated[
    list[AnnouncementType],
    Field(max_length=10, description="What to be told of; empty: all"),
    AfterValidator(_without_doubles),
]
EventTypes = Annotated[
    list[EventType],
    Field(max_length=50, description="Types of events to be told of; empty: all"),
    AfterValidator(_without_doubles),
]
Territories = Annotated[
    list[Territory],
    Field(max_length=200, description="Départements (`59`) and regions (`R32`) to be told of; empty: all"),
    AfterValidator(_without_doubles),
]


Batch = Annotated[
    int,
    Field(ge=1, le=MOST_AT_ONCE, description="How many webhooks may come in one post, of type `batch`; 1: none do"),
]


class NewPartner(BaseModel):
    """An endpoint to register. An empty choice means all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PARTNER_EXAMPLE]})
    name: Name
    url: Url
    types: Types = []
    event_types: EventTypes = []
    territories: Territories = []
    batch: Batch = 1

    def partner(self, *, id_: UUID, now: datetime) -> domain.Partner:
        """The endpoint that this asks for."""
        return domain.Partner(
            id=id_,
            name=self.name,
            url=self.url,
            types=tuple(self.types),
            event_types=tuple(self.event_types),
            territories=tuple(self.territories),
            batch=self.batch,
            disabled_at=None,
            disabled_because=None,
            created_at=now,
            changed_at=now,
        )


class PartnerChanges(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"territories": ["R32"]}]})
    name: Name | None = None
    url: Url | None = None
    types: Types | None = None
    event_types: EventTypes | None = None
    territories: Territories | None = None
    batch: Batch | None = None
    enabled: bool | None = Field(
        default=None, description="False: send nothing more. True: send again, after a 410 too"
    )


class Partner(BaseModel):
    """A registered endpoint."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    url: str
    types: list[AnnouncementType]
    event_types: list[EventType]
    territories: list[str]
    batch: int
    disabled_at: datetime | None
    disabled_because: str | None
    created_at: datetime
    changed_at: datetime


class Secret(BaseModel):
    """The secret that webhooks are signed with (Standard Webhooks). Shown this once."""

    secret: str = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])


class NewPartnerWithSecret(Partner, Secret):
    """A partner just registered."""


class PartnerPage(BaseModel):
    """Partners in order of their ids. `next` is the `after` of the following page."""

    partners: list[Partner]
    next: UUID | None


class QueuedTest(BaseModel):
    """The delivery of the test; look it up to see the endpoint's answer."""

    delivery_id: UUID


class Replay(BaseModel):
    """From where to deliver again: a delivery of the log, or a time."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"since": "2020-01-14T00:00:00Z"}]})
    from_delivery: UUID | None = None
    since: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Replay":
        if (self.from_delivery is None) == (self.since is None):
            raise ValueError("give either from_delivery or since")
        return self


class Replayed(BaseModel):
    """How many deliveries were queued again."""

    queued: int
