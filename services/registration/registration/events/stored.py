"""An event as the database holds it, and the messages that tell of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from registration.events.content import EventContent
from registration.events.domain import Territory, place_of, slots_of
from shared.contracts.registration import (
    Answer,
    CatalogueMessage,
    EventMessage,
    EventState,
    EventStatus,
    Occurrence,
    OrganiserIdentity,
    Slot,
)
from shared.contracts.topics import CATALOGUE, EVENTS
from shared.runtime import outbox

Change = Literal[
    "submitted",
    "amended",
    "labelled",
    "refused",
    "in_review",
    "withdrawn",
    "rescheduled",
    "postponed",
    "cancelled",
    "answered",
]
_BY_AN_ACT = frozenset({"rescheduled", "postponed", "cancelled"})
_NOT_PUBLIC = {"answer": "not_asked", "status_before_act": None, "moves": 0}


@dataclass(slots=True, kw_only=True)
class StoredEvent:
    """A row of `events` with its organiser's public identity."""

    id: UUID
    edition_id: str
    organiser: OrganiserIdentity
    content: EventContent
    content_hash: bytes
    judged_hash: bytes
    likeness: list[str]
    territory: Territory
    revision: int = 1
    sequence: int = 1
    catalogue_sequence: int = 0
    in_catalogue: bool = False
    shown: EventState | None = None
    """What the catalogue says while an amendment waits for its decision; None: what `state` says."""
    status: EventStatus = "submitted"
    duplicate_of: UUID | None = None
    notify: bool = True
    receipts: int = 0
    occurrence: Occurrence = "scheduled"
    previous_slots: tuple[Slot, ...] = ()
    act_number: int = 0
    act_revision: int = 0
    status_before_act: EventStatus | None = None
    answer: Answer = "not_asked"
    calendar_sequence: int = 1
    moves: int = 0
    amendments: int = 0
    submitted_at: datetime
    changed_at: datetime

    @property
    def is_of_an_act(self) -> bool:
        """Whether an act on the edition has reached it: it was not submitted after it."""
        return self.act_number > 0 and self.status_before_act is not None

    def state(self) -> EventState:
        """The event's whole state as published."""
        content = self.content
        return EventState(
            id=self.id,
            edition_id=self.edition_id,
            organiser=self.organiser,
            reference=content.reference,
            revision=self.revision,
            status=self.status,
            title=content.title,
            description=content.description,
            type=content.type,
            themes=tuple(content.themes),
            audience=tuple(content.audience),
            price_cents=content.price_cents,
            slots=slots_of(content),
            time_zone=self.territory.time_zone,
            place=place_of(content, self.territory),
            capacity=content.capacity,
            accessibility=tuple(content.accessibility),
            duplicate_of=self.duplicate_of,
            occurrence=self.occurrence,
            previous_slots=self.previous_slots,
            act_number=self.act_number,
            act_revision=self.act_revision,
            status_before_act=self.status_before_act,
            answer=self.answer,
            calendar_sequence=self.calendar_sequence,
            moves=self.moves,
            submitted_at=self.submitted_at,
            changed_at=self.changed_at,
        )

    def show_as_it_is(self) -> None:
        """Let the public see the event as it is now until it is decided again; nothing for one that it cannot see."""
        if self.in_catalogue and self.shown is None:
            self.shown = self.state()

    def public_state(self) -> EventState:
        """The event as the public sees it, if it is in the catalogue."""
        return (self.shown or self.state()).model_copy(update=_NOT_PUBLIC)

    def messages(self, change: Change, *, told_by_act: bool = False) -> list[outbox.Message]:
        """What to publish after `change`: on the events topic, and on the public catalogue where that changes too."""
        if self.notify and change in {"submitted", "amended"}:
            self.receipts += 1
        state = self.state()
        key = str(self.id)
        told = [
            outbox.message(
                topic=EVENTS,
                key=key,
                sequence=self.sequence,
                body=EventMessage(change=change, notify=self.notify, told_by_act=told_by_act, event=state),
                time=self.changed_at,
            )
        ]
        return [*told, *self._catalogue_messages(change)]

    def _catalogue_messages(self, change: Change) -> list[outbox.Message]:
        """What the public learns of `change`: nothing of an answer, nor of a decision that confirms what it sees."""
        body: CatalogueMessage | None = None
        if change == "answered":
            return []
        if self.status == "labelled":
            known = self.shown is not None and _says_the_same(self.shown, self.state())
            self.shown = None
            if known:
                return []
            body = self._catalogue_message()
            self.in_catalogue = True
        elif self.in_catalogue and self.status == "submitted":
            if change not in _BY_AN_ACT:  # an amended event stays in the catalogue as it was until it is decided again
                return []
            body = self._catalogue_message()
        elif self.in_catalogue:
            self.in_catalogue = False
            self.shown = None
        else:
            return []
        self.catalogue_sequence += 1
        return [
            outbox.message(
                topic=CATALOGUE, key=str(self.id), sequence=self.catalogue_sequence, body=body, time=self.changed_at
            )
        ]

    def _catalogue_message(self) -> CatalogueMessage:
        return CatalogueMessage(
            change="changed" if self.in_catalogue else "published",
            event=self.public_state(),
            page=f"/evenements/{self.id}",
            published_at=self.changed_at,
        )


def _says_the_same(shown: EventState, state: EventState) -> bool:
    """Whether the public has seen all of `state` already: times of changes and answers apart."""
    apart = {"submitted_at": shown.submitted_at, "changed_at": shown.changed_at, **_NOT_PUBLIC}
    return shown.model_copy(update=_NOT_PUBLIC) == state.model_copy(update=apart)


def stored(row: asyncpg.Record) -> StoredEvent:
    """From a row of `events` joined with its organiser."""
    return StoredEvent(
        id=row["id"],
        edition_id=row["edition_id"],
        organiser=OrganiserIdentity(
            id=row["organiser_id"],
            kind=row["organiser_kind"],
            name=row["organiser_name"],
            siret=row["organiser_siret"],
            uai=row["organiser_uai"],
            rna=row["organiser_rna"],
        ),
        content=EventContent.model_validate(row["content"]),
        content_hash=row["content_hash"],
        judged_hash=row["judged_hash"],
        likeness=row["likeness"],
        territory=Territory(
            commune=row["commune"], departement=row["departement"], region=row["region"], time_zone=row["time_zone"]
        ),
        revision=row["revision"],
        sequence=row["sequence"],
        catalogue_sequence=row["catalogue_sequence"],
        in_catalogue=row["in_catalogue"],
        shown=None if row["shown"] is None else EventState.model_validate(row["shown"], strict=False),
        status=row["status"],
        duplicate_of=row["duplicate_of"],
        notify=row["notify"],
        receipts=row["receipts"],
        occurrence=row["occurrence"],
        previous_slots=tuple(Slot.model_validate(slot, strict=False) for slot in row["previous_slots"]),
        act_number=row["act_number"],
        act_revision=row["act_revision"],
        status_before_act=row["status_before_act"],
        answer=row["answer"],
        calendar_sequence=row["calendar_sequence"],
        moves=row["moves"],
        amendments=row["amendments"],
        submitted_at=row["submitted_at"],
        changed_at=row["changed_at"],
    )
