"""What people are told by e-mail, and what it takes to tell them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.base import Bilingual, Identifier, Language
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import Access, ParticipationState, Place, Slot

MailKind = Literal["receipt", "labelled", "refused", "in_review", "confirmation", "access"]

EVENT_PATH = "/evenements/{event_id}"
KIT_PATH = "/v1/kits/{event_id}"


class Content(BaseModel):
    """What a notice says beyond what the local copies know; kept as JSON until it is sent."""

    model_config = ConfigDict(frozen=True)


class ReceiptContent(Content):
    amended: bool


class DecisionContent(Content):
    reasons: tuple[Bilingual, ...] = ()
    """Why, in the order of the charter."""
    advice: tuple[Bilingual, ...] = ()
    """What would be better, but did not decide."""
    note: str | None = None
    """The referent's own words."""
    due_on: date | None = None


class ConfirmationContent(Content):
    kind: Literal["person", "group"]
    people: int


class AccessContent(Content):
    code: str
    expires_at: AwareDatetime


MailContent: TypeAlias = ReceiptContent | DecisionContent | ConfirmationContent | AccessContent

_CONTENTS: dict[MailKind, type[MailContent]] = {
    "receipt": ReceiptContent,
    "labelled": DecisionContent,
    "refused": DecisionContent,
    "in_review": DecisionContent,
    "confirmation": ConfirmationContent,
    "access": AccessContent,
}


def content_of(*, kind: MailKind, value: object) -> MailContent:
    """The content of a notice as it was stored."""
    return _CONTENTS[kind].model_validate(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something to tell one person because of one message."""

    message_id: str
    recipient_id: UUID
    kind: MailKind
    content: MailContent
    event_id: UUID | None = None
    revision: int | None = None
    """The event's copy must have reached it, so that the mail names the event as it was judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Whom a mail goes to. `email` is None once erased."""

    id: UUID
    email: str | None
    name: str
    language: Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """The event as its latest message told."""

    id: UUID
    revision: int
    title: str
    reference: str | None
    organiser: str
    time_zone: str
    slots: tuple[Slot, ...]
    place: Place
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    id: Identifier
    name: Bilingual
    submission_deadline: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A notice with all that it takes to write it. Only the access mail is about no event."""

    id: UUID
    kind: MailKind
    content: MailContent
    contact: Contact
    event: Event | None
    edition: Edition | None


def decision_notice(*, message_id: str, decision: DecisionState) -> Notice:
    """What the organiser is told of a decision: the reasons that decided, then what would be better."""
    decisive = tuple(_decisive(decision))
    advice = tuple(found.reason for found in decision.criteria if found.outcome != "met" and found not in decisive)
    content = DecisionContent(
        reasons=tuple(found.reason for found in decisive), advice=advice, note=decision.note, due_on=decision.due_on
    )
    return Notice(
        message_id=message_id,
        recipient_id=decision.organiser_id,
        kind=decision.verdict,
        content=content,
        event_id=decision.event_id,
        revision=decision.revision,
    )


def _decisive(decision: DecisionState) -> Iterable[CriterionResult]:
    """Refused: what must be met and is not. In review: what must be met and is in doubt. Labelled: nothing."""
    outcomes = {"refused": ("unmet",), "in_review": ("doubtful", "unmet"), "labelled": ()}[decision.verdict]
    return (found for found in decision.criteria if found.weight == "must" and found.outcome in outcomes)


def confirmation_notice(*, message_id: str, event_id: UUID, participation: ParticipationState) -> Notice | None:
    """The confirmation of a sign-up; None where nobody is to be told."""
    if not participation.notify or participation.contact_id is None:
        return None
    return Notice(
        message_id=message_id,
        recipient_id=participation.contact_id,
        kind="confirmation",
        content=ConfirmationContent(kind=participation.kind, people=participation.people),
        event_id=event_id,
    )


def access_notice(*, message_id: str, recipient_id: UUID, access: Access) -> Notice:
    return Notice(
        message_id=message_id,
        recipient_id=recipient_id,
        kind="access",
        content=AccessContent(code=access.code, expires_at=access.expires_at),
    )
