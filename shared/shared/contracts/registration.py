"""What `registration` publishes: editions and acts on them, events, guest lists, contacts, and the public catalogue."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Bilingual, Contract, Count, EmailAddress, Identifier, Language, LocalTime

EventType = Literal[
    "company_visit",
    "open_day",
    "job_dating",
    "trades_forum",
    "web_conference",
    "class_talk",
    "exhibition",
    "workshop",
    "virtual_reality_visit",
    "escape_game",
    "other",
]
Theme = Literal["gender_mix", "recruitment", "industry_of_the_future", "ecological_transition"]
Audience = Literal["general_public", "young_people", "jobseekers", "professionals", "staff_only"]
Accessibility = Literal["hi", "vi", "pi", "mi", "ii"]
"""OpenAgenda's codes: hearing, visual, psychic, motor and intellectual impairment."""

EventStatus = Literal["draft", "submitted", "labelled", "refused", "in_review", "withdrawn"]
EditionStatus = Literal["planned", "open", "closed"]
OrganiserKind = Literal["company", "school", "association", "public_body"]
ActKind = Literal["postponed", "postponed_undated", "cancelled"]
Policy = Literal["kept", "confirmation"]
"""Events stay unless their organiser declines, or end as withdrawn unless their organiser confirms them in time."""
Occurrence = Literal["scheduled", "rescheduled", "postponed", "cancelled"]
"""Whether an event takes place as first said, on other dates, on dates that are not known yet, or not at all."""
Answer = Literal["not_asked", "awaited", "confirmed", "changed"]

Departement = Annotated[str, Field(pattern=r"^(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97\d|98\d)$")]
Region = Annotated[str, Field(pattern=r"^\d{2}$")]


class Window(Contract):
    """Whole days, both ends included, in the local time of whoever reads it."""

    first_day: date
    last_day: date


class RegionalWindow(Contract):
    """Dates of its own for a region or a département: `territory` is either's code, as `R04` or `974`."""

    territory: str
    dates: Window
    label_window: Window


class Act(Contract):
    """
    What staff decided for a whole edition: postponed to known dates, postponed without dates yet, or cancelled.

    It reaches the edition's events one after the other: `EventState.act_number` says which act has reached an event.
    """

    id: UUID
    number: Annotated[int, Field(ge=1)]
    """Rises with each act on the edition. A later act supersedes the earlier ones, finished or not."""
    kind: ActKind
    policy: Policy = "kept"
    respond_by: date | None = None
    """Last day for organisers' answers, whole, in the event's local time."""
    previous_dates: Window
    previous_label_window: Window
    previous_submission_deadline: date
    previous_regional_windows: tuple[RegionalWindow, ...] = ()
    terms: Bilingual
    """How submission and labelling go from now on (« modalités »)."""
    decided_at: AwareDatetime


class EditionState(Contract):
    id: Identifier
    number: Annotated[int, Field(ge=1)]
    name: Bilingual
    dates: Window
    label_window: Window
    submission_deadline: date
    regional_windows: tuple[RegionalWindow, ...] = ()
    status: EditionStatus
    act: Act | None = None
    """The last act on the edition; dates, windows and deadline above are those after it."""


class EditionMessage(Contract):
    """Topic `registration.editions.v1`, key: the edition's id."""

    change: Literal["created", "changed"]
    edition: EditionState


class OrganiserIdentity(Contract):
    """Who organises, as the public may know it. A company gives its SIRET, a school its UAI, an association its RNA."""

    id: UUID
    kind: OrganiserKind
    name: str
    siret: str | None = None
    uai: str | None = None
    rna: str | None = None


class Slot(Contract):
    """When the event takes place, in the local time of `EventState.time_zone`."""

    begin: LocalTime
    end: LocalTime


class Place(Contract):
    """Where. An online event has a `url` and the territory of its organiser, and no address."""

    mode: Literal["onsite", "online", "mixed"]
    name: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    commune: str | None = None
    """INSEE code of the commune; None when the postcode and city name no known commune."""
    departement: Departement | None = None
    region: Region | None = None
    url: str = ""
    latitude: float | None = None
    longitude: float | None = None


class EventState(Contract):
    id: UUID
    edition_id: Identifier
    organiser: OrganiserIdentity
    reference: str | None = None
    """The organiser's own name for the event, unique among theirs."""
    revision: Annotated[int, Field(ge=1)]
    """Rises only when what the charter judges has changed."""
    status: EventStatus
    title: str
    description: str
    type: EventType
    themes: tuple[Theme, ...] = ()
    audience: tuple[Audience, ...] = ()
    price_cents: Count = 0
    slots: tuple[Slot, ...]
    time_zone: str
    place: Place
    capacity: Count | None = None
    """People; None when there is no limit."""
    accessibility: tuple[Accessibility, ...] = ()
    duplicate_of: UUID | None = None
    """An earlier event that says the same: same organiser, place and time, or the same text."""
    occurrence: Occurrence = "scheduled"
    previous_slots: tuple[Slot, ...] = ()
    """Rescheduled: when it was to take place before; same positions as `slots`."""
    act_number: Count = 0
    """The last act on the edition that has reached the event, or that was known when it was submitted."""
    act_revision: Count = 0
    """Revision that this act made of the event, 0 for none: the decision on it says whether a label is kept."""
    status_before_act: EventStatus | None = None
    """The event's status when that act reached it. Not in the catalogue."""
    answer: Answer = "not_asked"
    """Of the organiser, to that act. Not in the catalogue."""
    calendar_sequence: Count = 0
    """
    `SEQUENCE` of the event in calendars: rises whenever slots, place or occurrence change.

    0 in messages from before there was such a number: take `revision`, which it begins with.
    """
    moves: Count = 0
    """How often its organiser has changed slots or place. Not in the catalogue."""
    submitted_at: AwareDatetime
    changed_at: AwareDatetime


class EventMessage(Contract):
    """Topic `registration.events.v1`, key: the event's id. Drafts are not published."""

    change: Literal[
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
    notify: bool = True
    """False when the submission came by a bulk import: its report was the receipt."""
    told_by_act: bool = False
    """Of a withdrawal: a notice of the act that it answers, or fails to answer, tells the guests."""
    event: EventState


class GuestListState(Contract):
    event_id: UUID
    edition_id: Identifier
    capacity: Count | None = None
    parties: Count
    """Active sign-ups, a group counting once."""
    announced: Count
    """People of the active sign-ups."""
    cancelled: Count
    """Sign-ups cancelled so far."""
    actual: Count | None = None
    """People who came, as the organiser reported after the event."""


class ParticipationState(Contract):
    id: UUID
    kind: Literal["person", "group"]
    people: Annotated[int, Field(ge=1, le=100_000)]
    contact_id: UUID | None = None
    status: Literal["active", "cancelled"]
    notify: bool = False
    signed_up_at: AwareDatetime


class ParticipationMessage(Contract):
    """
    Topic `registration.participations.v1`, key: the event's id: the guest list is the aggregate.

    `participation` is what changed; None where the list as a whole did (`attended`, `resized`).
    """

    change: Literal["signed_up", "cancelled", "attended", "resized"]
    participation: ParticipationState | None = None
    guest_list: GuestListState


class Access(Contract):
    """A single-use code: the organiser exchanges it for a token, or anybody for what is kept about them."""

    code: str
    expires_at: AwareDatetime
    purpose: Literal["space", "own_data"] = "space"


class ContactState(Contract):
    id: UUID
    kind: Literal["organiser", "person"]
    email: EmailAddress
    name: str = ""
    phone: str = ""
    language: Language = "fr"


class ContactMessage(Contract):
    """
    Topic `registration.contacts.v1` (restricted), key: the contact's id. An organiser's contact has the organiser's id.

    A tombstone erases.
    """

    change: Literal["created", "changed", "access_requested"]
    contact: ContactState
    access: Access | None = None


class CatalogueMessage(Contract):
    """Topic `catalogue.events.v1` (public), key: the event's id. A tombstone: no longer in the programme."""

    change: Literal["published", "changed"]
    event: EventState
    page: str
    """Path of the event behind the gateway."""
    published_at: AwareDatetime


class SignedUpFor(Contract):
    """One sign-up of a person. Its id is the key with which the person keeps or cancels it."""

    event_id: UUID
    participation_id: UUID
    people: Annotated[int, Field(ge=1, le=100_000)]


class WaitsFor(Contract):
    """One event that a person waits for a place of. The entry's id is the key with which the person leaves the list."""

    event_id: UUID
    entry_id: UUID
    people: Annotated[int, Field(ge=1, le=100_000)]
    closed: bool = False
    """The waiting has ended, because the event does not take place."""


class NoticeState(Contract):
    """What one person has to hear of an act: their events, sign-ups and waiting at once, whatever roles they have."""

    id: UUID
    """Follows from act, change, reminder and recipient: the same notice published again has the same."""
    edition_id: Identifier
    act: Act
    recipient_id: UUID
    """A contact: the organiser's where the person is one, else the person's."""
    reminder: Count = 0
    """Of a reminder: how many days before `respond_by` it is due."""
    organised: tuple[UUID, ...] = ()
    """Events that the person organises, at most 1000; of a reminder, those that wait for an answer."""
    organised_total: Count = 0
    sign_ups: tuple[SignedUpFor, ...] = ()
    """Active sign-ups of the person, at most 1000."""
    sign_ups_total: Count = 0
    waiting: tuple[WaitsFor, ...] = ()
    """Entries of the person in waiting lists, at most 1000. An offer of before an act holds no longer."""
    waiting_total: Count = 0


class NoticeMessage(Contract):
    """
    Topic `registration.notices.v1`, key: the contact's id.

    `act`: once per person and act, after all events of the edition have been reached. `reminder`: an answer is awaited.
    `lapsed`: events that are withdrawn, because no answer came in time or because the organiser declined.
    """

    change: Literal["act", "reminder", "lapsed"]
    notice: NoticeState


class Offer(Contract):
    """A freed place that waits for an answer. It holds its places until it is answered or has lapsed."""

    expires_at: AwareDatetime
    revision: Annotated[int, Field(ge=1)]
    """Of the event that is offered."""


class WaitingState(Contract):
    """Somebody on an event's waiting list. The id is the key with which the person answers; it names nobody."""

    id: UUID
    event_id: UUID
    edition_id: Identifier
    contact_id: UUID
    kind: Literal["person", "group"]
    people: Annotated[int, Field(ge=1, le=100_000)]
    status: Literal["waiting", "offered", "accepted", "declined", "lapsed", "left", "closed"]
    position: Count = 0
    """When it joined: 1 for the first in line. 0 later."""
    offer: Offer | None = None
    """The offer that stands, or that has just ended."""
    joined_at: AwareDatetime


class WaitingMessage(Contract):
    """
    Topic `registration.waiting.v1`, key: the entry's id.

    `suspended`: an offer is taken back because the event changed; the entry keeps its turn. `closed`: the event does
    not take place, or is about to begin. An accepted offer is a sign-up on `registration.participations.v1`.
    """

    change: Literal["joined", "offered", "accepted", "declined", "lapsed", "left", "suspended", "closed"]
    notify: bool = True
    """False where the person hears of it otherwise: by the message after this one, or by the notice of an act."""
    entry: WaitingState
