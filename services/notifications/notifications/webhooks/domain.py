"""Partners, what they are told of the programme, and what their endpoints' answers mean."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from standardwebhooks import Webhook

from notifications.deliveries.domain import Backoff, Bounced, Deferred, Sent
from shared.contracts.registration import EventType

AnnouncementType = Literal["event.published", "event.changed", "event.withdrawn"]
Territory = Annotated[str, Field(pattern=r"^(R\d{2}|0[1-9]|[1-8]\d|9[0-5]|2[AB]|97\d|98\d)$")]
"""A département (`59`, `2A`, `974`) or a region with an R before its code (`R32`)."""

_SECRET_BYTES = 32
SECRET_OVERLAP = timedelta(hours=24)
"""How long the previous secret signs too after a rotation."""
LONGEST_RETRY_AFTER = timedelta(hours=24)

_OK = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Partner:
    """An institution's endpoint and what it wants to hear of; an empty choice means all."""

    id: UUID
    name: str
    url: str
    types: tuple[AnnouncementType, ...]
    event_types: tuple[EventType, ...]
    territories: tuple[Territory, ...]
    disabled_at: datetime | None
    disabled_because: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """What posting to a partner takes."""

    id: UUID
    url: str
    secret: str
    previous_secret: str | None
    previous_secret_until: datetime | None
    failures: int
    """Rounds in a row that met no working endpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interest:
    """What decides whether a partner wants to hear of an event."""

    event_type: str
    departement: str | None
    region: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """What partners are told because of one message."""

    message_id: str
    type: str
    event_id: UUID | None
    sequence: int
    """Of the event in the catalogue: partners may leave out what is older than what they have."""
    body: str
    time: datetime


def wants(partner: Partner, *, type_: AnnouncementType, interest: Interest, told_before: bool) -> bool:
    """
    Whether a partner is told.

    One that was told of an event hears the rest of its story even if the event has moved out of its territory: else it
    would show for ever what is no longer true.
    """
    if partner.disabled_at is not None or (partner.types and type_ not in partner.types):
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


def signed_headers(*, endpoint: Endpoint, delivery_id: UUID, body: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: the id is the same on every attempt; a secret just replaced signs as well."""
    webhook_id = f"msg_{delivery_id.hex}"
    whole = now.replace(microsecond=0)
    valid = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_secret_until and now < endpoint.previous_secret_until:
        valid.append(endpoint.previous_secret)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(whole.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, whole, body) for secret in valid),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """The endpoint answered 410: it wants nothing more."""

    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointAway:
    """The endpoint does not work at all, or asks for a pause: its other deliveries need not be tried now."""

    detail: str
    not_before: datetime | None = None


Reaction = Sent | Deferred | Gone | EndpointAway


def reaction_to(*, status: int, retry_after: str | None, text: str, now: datetime) -> Reaction:
    """What an answer means (Standard Webhooks): 2xx is success, 410 disables, all else is tried again."""
    detail = f"{status} {text}".strip()
    if status in _OK:
        return Sent(detail=detail)
    if status == _GONE:
        return Gone(detail=detail)
    not_before = retry_time(retry_after, now=now)
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR or not_before:
        return EndpointAway(detail=detail, not_before=not_before)
    return Deferred(detail=detail)


def retry_time(value: str | None, *, now: datetime) -> datetime | None:
    """The time that `Retry-After` names, in seconds or as an HTTP date; at most a day away. None if it names none."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return now + min(timedelta(seconds=min(int(text[:10]), 10**9)), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(moment, now + LONGEST_RETRY_AFTER) if moment > now else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an endpoint stands after a round of posts."""

    failures: int
    paused_until: datetime | None
    gone_because: str | None = None


def standing_after(
    *, failures: int, reactions: Sequence[Reaction], backoff: Backoff, now: datetime, chance: float
) -> Standing:
    """One that took or judged anything works; one that was away for all of a round is left alone, longer each time."""
    gone = next((reaction.detail for reaction in reactions if isinstance(reaction, Gone)), None)
    if gone is not None:
        return Standing(failures=failures + 1, paused_until=None, gone_because=f"it answered {gone}")
    away = [reaction for reaction in reactions if isinstance(reaction, EndpointAway)]
    asked = [reaction.not_before for reaction in away if reaction.not_before]
    if len(away) < len(reactions):
        return Standing(failures=0, paused_until=max(asked, default=None))
    pause = now + backoff.delay(attempts=failures + 1, chance=chance)
    return Standing(failures=failures + 1, paused_until=max([pause, *asked]))


def outcome_of(reaction: Reaction) -> Sent | Deferred | Bounced:
    """What a reaction means for the delivery itself."""
    match reaction:
        case Gone(detail=detail):
            return Bounced(detail=detail)
        case EndpointAway(detail=detail, not_before=not_before):
            return Deferred(detail=detail, not_before=not_before)
    return reaction
