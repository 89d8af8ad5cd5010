"""What people are told by e-mail, and what it takes to tell them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.base import Bilingual, Identifier, Language
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.notifications import MailKind
from shared.contracts.registration import (
    Access,
    Act,
    NoticeMessage,
    Occurrence,
    ParticipationState,
    Place,
    Slot,
    WaitingMessage,
    Window,
)

REVIEW_PATH = "/comite/evenements/{event_id}"
EVENT_PATH = "/evenements/{event_id}"
KIT_PATH = "/v1/kits/{event_id}"
SIGN_UP_PATH = "/a/{participation_id}"
"""Where a person keeps or cancels a sign-up."""
WAITING_PATH = "/a/attente/{entry_id}"
"""Where a person answers the offer of a place, or leaves the waiting list."""


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
    participation_id: UUID | None = None
    """None in what was queued before confirmations said where to cancel."""


class AccessContent(Content):
    code: str
    expires_at: AwareDatetime
    digests: tuple[Literal["day", "week"], ...] = ()
    """Of who asks for their own data: how often a digest goes to the same address."""


class ReminderContent(Content):
    sign_up_id: UUID
    people: int
    day: date
    """On which the event begins, in its local time."""


class MovedContent(Content):
    """Of who is signed up for what its organiser has moved: other dates, or another place."""

    sign_up_id: UUID
    people: int


class CalledOffContent(Content):
    """Of who is signed up for what its organiser has withdrawn."""

    sign_up_id: UUID
    people: int


class WaitingContent(Content):
    """Of who has joined a waiting list. `position`: 1 for the first in line."""

    entry_id: UUID
    people: int
    position: int


class OfferContent(Content):
    """A freed place that is offered."""

    entry_id: UUID
    people: int
    expires_at: AwareDatetime


class OfferOverContent(Content):
    """Why an offer holds no longer: nobody answered, the event has changed, or it does not take place."""

    entry_id: UUID
    people: int
    why: Literal["lapsed", "suspended", "closed"]


class WaitingOverContent(Content):
    """Of who waited for a place of what does not take place."""

    entry_id: UUID
    people: int


class DigestItem(Content):
    """An event that waits for the committee. `new`: since the digest before."""

    event_id: UUID
    title: str
    departement: str | None
    due_on: date | None
    late: bool
    new: bool


class DigestContent(Content):
    """What waits for a member of the committee, and the most urgent of it."""

    every: Literal["day", "week"]
    waiting: int
    late: int
    due: int
    new: int
    items: tuple[DigestItem, ...]


class PartnerDigestItem(Content):
    """An event of which a partner was told."""

    event_id: UUID
    title: str
    departement: str | None
    became: Literal["new", "changed", "cancelled"]


class PartnerDigestContent(Content):
    """What a partner was told since the digest before, the latest of it, and how its webhooks stand."""

    every: Literal["day", "week"]
    partner_id: UUID
    partner: str
    new: int
    changed: int
    cancelled: int
    accepted: int
    failing: int
    dead: int
    items: tuple[PartnerDigestItem, ...]


class SignUp(Content):
    event_id: UUID
    participation_id: UUID
    people: int


class Waits(Content):
    """A person's entry in a waiting list. `closed`: it has ended."""

    event_id: UUID
    entry_id: UUID
    people: int
    closed: bool


class ActContent(Content):
    """What an act means for one person. What the act is, the edition's copy says."""

    organised: tuple[UUID, ...] = ()
    organised_total: int
    sign_ups: tuple[SignUp, ...] = ()
    sign_ups_total: int
    waiting: tuple[Waits, ...] = ()
    waiting_total: int = 0

    @property
    def event_ids(self) -> set[UUID]:
        signed_up, waited_for = (each.event_id for each in self.sign_ups), (each.event_id for each in self.waiting)
        return {*self.organised, *signed_up, *waited_for}


MailContent: TypeAlias = (
    ReceiptContent
    | DecisionContent
    | ConfirmationContent
    | AccessContent
    | ReminderContent
    | MovedContent
    | CalledOffContent
    | ActContent
    | WaitingContent
    | OfferContent
    | OfferOverContent
    | WaitingOverContent
    | DigestContent
    | PartnerDigestContent
)

_CONTENTS: dict[MailKind, type[MailContent]] = {
    "receipt": ReceiptContent,
    "labelled": DecisionContent,
    "refused": DecisionContent,
    "in_review": DecisionContent,
    "confirmation": ConfirmationContent,
    "access": AccessContent,
    "reminder": ReminderContent,
    "moved": MovedContent,
    "called_off": CalledOffContent,
    "act": ActContent,
    "answer_reminder": ActContent,
    "lapsed": ActContent,
    "waiting": WaitingContent,
    "offer": OfferContent,
    "offer_over": OfferOverContent,
    "waiting_over": WaitingOverContent,
    "own_data": AccessContent,
    "digest": DigestContent,
    "partner_digest": PartnerDigestContent,
    "digest_confirmation": AccessContent,
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
    edition_id: Identifier | None = None
    act_number: int | None = None
    """The copies of edition and events must have reached this act."""


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
    withdrawn: bool = False
    occurrence: Occurrence = "scheduled"
    previous_slots: tuple[Slot, ...] = ()
    act_number: int = 0
    calendar_sequence: int = 0
    """0 before there was such a number: the revision stands for it."""

    @property
    def takes_place(self) -> bool:
        """Whether its slots are when it takes place."""
        return not self.withdrawn and self.occurrence in {"scheduled", "rescheduled"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    id: Identifier
    name: Bilingual
    submission_deadline: date
    dates: Window | None = None
    act: Act | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """
    A notice with all that it takes to write it.

    The access mail is about no event; a mail about an act is about an edition and those of its `events` that concern
    the recipient.
    """

    id: UUID
    kind: MailKind
    content: MailContent
    contact: Contact
    event: Event | None
    edition: Edition | None
    events: Mapping[UUID, Event] = field(default_factory=dict)


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
        content=ConfirmationContent(
            kind=participation.kind, people=participation.people, participation_id=participation.id
        ),
        event_id=event_id,
    )


def waiting_notice(*, message_id: str, message: WaitingMessage) -> Notice | None:
    """What somebody who waits is told; None where they have just said it themselves."""
    entry, offer = message.entry, message.entry.offer
    kind: MailKind
    content: MailContent
    if message.change == "joined":
        kind, content = "waiting", WaitingContent(entry_id=entry.id, people=entry.people, position=entry.position)
    elif message.change == "offered" and offer is not None:
        kind = "offer"
        content = OfferContent(entry_id=entry.id, people=entry.people, expires_at=offer.expires_at)
    elif message.change in {"lapsed", "suspended", "closed"} and offer is not None and message.notify:
        kind = "offer_over"
        content = OfferOverContent.model_validate({"entry_id": entry.id, "people": entry.people, "why": message.change})
    elif message.change == "closed" and message.notify:
        kind, content = "waiting_over", WaitingOverContent(entry_id=entry.id, people=entry.people)
    else:
        return None
    return Notice(
        message_id=message_id,
        recipient_id=entry.contact_id,
        kind=kind,
        content=content,
        event_id=entry.event_id,
        revision=offer.revision if offer is not None and kind == "offer" else None,
    )


def access_notice(
    *, message_id: str, recipient_id: UUID, access: Access, digests: tuple[Literal["day", "week"], ...] = ()
) -> Notice:
    """The mail with a single-use code. One to a person's own data says what is kept beside what the code shows."""
    return Notice(
        message_id=message_id,
        recipient_id=recipient_id,
        kind="own_data" if access.purpose == "own_data" else "access",
        content=AccessContent(code=access.code, expires_at=access.expires_at, digests=digests),
    )


_ACT_KINDS: Mapping[str, MailKind] = {"act": "act", "reminder": "answer_reminder", "lapsed": "lapsed"}


def act_notice(message: NoticeMessage) -> Notice:
    """What a person is told of an act. The notice's own id: published again, it is the same."""
    notice = message.notice
    return Notice(
        message_id=str(notice.id),
        recipient_id=notice.recipient_id,
        kind=_ACT_KINDS[message.change],
        content=ActContent(
            organised=notice.organised,
            organised_total=notice.organised_total,
            sign_ups=tuple(SignUp(**sign_up.model_dump()) for sign_up in notice.sign_ups),
            sign_ups_total=notice.sign_ups_total,
            waiting=tuple(Waits(**each.model_dump()) for each in notice.waiting),
            waiting_total=notice.waiting_total,
        ),
        edition_id=notice.edition_id,
        act_number=notice.act.number,
    )
