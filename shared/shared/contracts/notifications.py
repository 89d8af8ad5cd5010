"""What `notifications` publishes: what became of each notice. No address travels here."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Contract, Count

MailKind = Literal[
    "receipt",
    "labelled",
    "refused",
    "in_review",
    "confirmation",
    "access",
    "reminder",
    "moved",
    "called_off",
    "act",
    "answer_reminder",
    "lapsed",
    "waiting",
    "offer",
    "offer_over",
    "waiting_over",
    "own_data",
    "digest",
    "partner_digest",
    "digest_confirmation",
]
NoticeKind = Literal[MailKind, "webhook"]


class DeliveryState(Contract):
    id: UUID
    message_id: str
    """`ce_id` of the message that caused the notice."""
    recipient_id: UUID
    """A contact, or a partner's endpoint."""
    channel: Literal["email", "webhook"]
    kind: NoticeKind
    event_id: UUID | None = None
    status: Literal["sent", "bounced", "failed", "withheld"]
    """
    `bounced`: refused for good by the receiver. `failed`: given up after the last retry. `withheld`: not to be sent,
    because the recipient does not want it or cannot be reached, or because something newer has taken its place.
    """
    attempts: Count
    detail: str = ""
    """The receiver's answer."""
    at: AwareDatetime


class DeliveryMessage(Contract):
    """Topic `notifications.deliveries.v1`, key: the delivery's id."""

    change: Literal["sent", "bounced", "failed", "withheld"]
    delivery: DeliveryState
