"""Partners: institutions with an endpoint, and what they want to hear of."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.registration import EventType

AnnouncementType = Literal[
    "event.published", "event.changed", "event.rescheduled", "event.postponed", "event.cancelled", "event.withdrawn"
]
CHANGES: frozenset[AnnouncementType] = frozenset({"event.rescheduled", "event.postponed", "event.cancelled"})
"""These are changes too: who wants to hear of changes hears of them."""
MOST_AT_ONCE = 100
Territory = Annotated[str, Field(pattern=r"^(R\d{2}|0[1-9]|[1-8]\d|9[0-5]|2[AB]|97\d|98\d)$")]
"""A département (`59`, `2A`, `974`) or a region with an R before its code (`R32`)."""

_SECRET_BYTES = 32
SECRET_OVERLAP = timedelta(hours=24)
"""How long the previous secret signs too after a rotation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Partner:
    """An institution's endpoint and what it wants to hear of; an empty choice means all."""

    id: UUID
    name: str
    url: str
    types: tuple[AnnouncementType, ...]
    event_types: tuple[EventType, ...]
    territories: tuple[Territory, ...]
    batch: int
    """How many webhooks go into one post; 1: each goes by itself."""
    disabled_at: datetime | None
    disabled_because: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """How an endpoint does at a moment. Times that have passed are None."""

    failures: int
    """Rounds in a row that met no working endpoint."""
    paused_until: datetime | None
    previous_secret_until: datetime | None
    """Until when the secret before the last rotation signs too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interest:
    """What decides whether a partner wants to hear of an event."""

    event_type: str
    departement: str | None
    region: str | None


def wants(partner: Partner, *, type_: AnnouncementType, interest: Interest, told_before: bool) -> bool:
    """
    Whether a partner is told.

    One that was told of an event hears the rest of its story even if the event has moved out of its territory: else it
    would show for ever what is no longer true.
    """
    chosen = {type_, "event.changed"} if type_ in CHANGES else {type_}
    if partner.disabled_at is not None or (partner.types and chosen.isdisjoint(partner.types)):
        return False
    return told_before or _chosen(partner, interest)


def _chosen(partner: Partner, interest: Interest) -> bool:
    if partner.event_types and interest.event_type not in partner.event_types:
        return False
    if not partner.territories:
        return True
    places = {interest.departement, f"R{interest.region}" if interest.region else None}
    return not places.isdisjoint(partner.territories)


def new_secret() -> str:
    """A fresh signing secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
