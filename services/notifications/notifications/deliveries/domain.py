"""Deliveries: one notice to one recipient by one channel, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid5

from shared.contracts.notifications import NoticeKind

Channel = Literal["email", "webhook"]
Status = Literal["pending", "sent", "bounced", "failed", "withheld"]

_DELIVERIES = UUID("2a1d3c5e-5f2b-5c0a-9d0e-6f1f0c6f3b52")
_LONGEST_DETAIL = 500


def delivery_id(*, message_id: str, recipient_id: UUID, channel: Channel) -> UUID:
    """The same for the same notice, however often its message is delivered. `message_id` is the message's `ce_id`."""
    return uuid5(_DELIVERIES, f"{message_id}/{recipient_id}/{channel}")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """A delivery to be queued."""

    id: UUID
    message_id: str
    recipient_id: UUID
    kind: NoticeKind
    event_id: UUID | None
    revision: int | None = None
    """The least revision of the event's copy that will do."""
    content: dict[str, Any] | None = None
    edition_id: str | None = None
    act_number: int | None = None
    """Of a notice of an act: the edition's copy must have reached it, and must not have gone beyond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A delivery as the log shows it."""

    id: UUID
    position: int
    """Rises with each delivery recorded: the order of the log."""
    message_id: str
    recipient_id: UUID
    channel: Channel
    kind: NoticeKind
    event_id: UUID | None
    status: Status
    attempts: int
    detail: str
    created_at: datetime
    due_at: datetime | None
    """When it is tried next; None when it is finished."""
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The receiver took it."""

    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounced:
    """The receiver refused it for good."""

    detail: str
    address_refused: bool = False
    """Whether the address itself is what was refused, and not this mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Abandoned:
    """It cannot be sent any more, whatever the receiver would say: the contact is erased, the code has run out."""

    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """It is not to be sent: its recipient does not want it or cannot be reached, or something newer replaced it."""

    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """The receiver could not take it now. `not_before` is what it asked for, if it did."""

    detail: str
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Untried:
    """It was not tried; it is due again at `due_at`, and no attempt is counted."""

    due_at: datetime


Outcome: TypeAlias = Sent | Bounced | Abandoned | Withheld | Deferred | Untried


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """What a sender needs to know of a delivery's past to settle it."""

    id: UUID
    attempts: int
    """Attempts made before this one."""
    queued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """
    Delays between attempts: `first * factor ** n`, at most `longest`, of which the share `jitter` is left to chance.

    `jitter` 1 is full jitter: anything from nothing to the whole delay.
    """

    first: timedelta
    factor: float
    longest: timedelta
    jitter: float

    def delay(self, *, attempts: int, chance: float) -> timedelta:
        """The delay after `attempts` (1 or more) failures. `chance` is uniform in [0, 1)."""
        exponent = min(attempts - 1, 64)
        whole = min(self.first.total_seconds() * self.factor**exponent, self.longest.total_seconds())
        return timedelta(seconds=whole * (1 - self.jitter * chance))


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    backoff: Backoff
    give_up_after: timedelta
    """Counted from when the delivery was queued, or queued again by a replay."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What a delivery's row says after an outcome."""

    id: UUID
    status: Status
    attempts: int
    due_at: datetime | None
    detail: str


def settle(*, claimed: Claimed, outcome: Outcome, policy: RetryPolicy, now: datetime, chance: float) -> Settlement:
    """Decide what an outcome means for a delivery: finished, or due again."""
    match outcome:
        case Untried(due_at=due_at):
            return Settlement(id=claimed.id, status="pending", attempts=claimed.attempts, due_at=due_at, detail="")
        case Abandoned() | Withheld():
            status: Status = "failed" if isinstance(outcome, Abandoned) else "withheld"
            attempts = claimed.attempts
        case Sent():
            status, attempts = "sent", claimed.attempts + 1
        case Bounced():
            status, attempts = "bounced", claimed.attempts + 1
        case Deferred():
            return _retry(claimed=claimed, outcome=outcome, policy=policy, now=now, chance=chance)
    return Settlement(id=claimed.id, status=status, attempts=attempts, due_at=None, detail=_short(outcome.detail))


def _retry(*, claimed: Claimed, outcome: Deferred, policy: RetryPolicy, now: datetime, chance: float) -> Settlement:
    attempts = claimed.attempts + 1
    due_at = max(now + policy.backoff.delay(attempts=attempts, chance=chance), outcome.not_before or now)
    given_up = due_at > claimed.queued_at + policy.give_up_after
    return Settlement(
        id=claimed.id,
        status="failed" if given_up else "pending",
        attempts=attempts,
        due_at=None if given_up else due_at,
        detail=_short(outcome.detail),
    )


def _short(detail: str) -> str:
    return " ".join(detail.split())[:_LONGEST_DETAIL]


_SHORTEST_WAIT = timedelta(milliseconds=50)
_LONGEST_WAIT = timedelta(minutes=10)
"""What comes wakes what waits for it; looking again is for what came in the same moment, unseen."""


def look_again(*, queued_at: datetime, now: datetime) -> datetime:
    """When to look again for what a notice lacks (contact, event, edition): after as long as it has waited."""
    return now + min(max(now - queued_at, _SHORTEST_WAIT), _LONGEST_WAIT)
