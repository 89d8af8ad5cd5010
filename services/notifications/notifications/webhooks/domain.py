"""Webhooks: what they say, how they are signed, and what the endpoints' answers mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

from standardwebhooks import Webhook

from notifications.deliveries.domain import Backoff, Bounced, Deferred, Sent, Untried

LONGEST_RETRY_AFTER = timedelta(hours=24)

_OK = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


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
    batch: int = 1
    """How many webhooks go into one post; 1: each goes by itself."""


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
    act_number: int = 0
    """The last act on the edition that the message knows of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """An event that left the programme: a tombstone in the catalogue."""

    message_id: str
    event_id: UUID
    sequence: int
    time: datetime


def webhook_id_of(delivery_id: UUID) -> str:
    """By which the receiver recognises what it has already got."""
    return f"msg_{delivery_id.hex}"


def signed_headers(*, endpoint: Endpoint, webhook_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: the id is the same on every attempt; a secret just replaced signs as well."""
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


def outcome_of(reaction: Reaction | Untried) -> Sent | Deferred | Bounced | Untried:
    """What a reaction means for the delivery itself."""
    match reaction:
        case Gone(detail=detail):
            return Bounced(detail=detail)
        case EndpointAway(detail=detail, not_before=not_before):
            return Deferred(detail=detail, not_before=not_before)
    return reaction
