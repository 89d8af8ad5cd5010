"""Every topic, declared once: provisioning, AsyncAPI, access rules, consumers and tests read this."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.contracts.base import Contract
from shared.contracts.labelling import DecisionMessage
from shared.contracts.notifications import DeliveryMessage
from shared.contracts.registration import (
    CatalogueMessage,
    ContactMessage,
    EditionMessage,
    EventMessage,
    NoticeMessage,
    ParticipationMessage,
    WaitingMessage,
)
from shared.contracts.stats import CounterMessage

Service = Literal["registration", "labelling", "notifications", "stats"]
SERVICES: tuple[Service, ...] = ("registration", "labelling", "notifications", "stats")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic. `type` is the CloudEvents type of its messages; `key` says what the record's key is."""

    name: str
    model: type[Contract]
    type: str
    publisher: Service
    consumers: tuple[Service, ...]
    key: str
    partitions: int
    cleanup: Literal["compact", "delete"]
    access: Literal["internal", "restricted", "public"]
    description: str
    retention: timedelta | None = None
    """For cleanup `delete`; a compacted topic keeps the last message of each key for ever."""
    tombstones: bool = False
    """Whether an empty value is a message: `this key is gone`."""


@dataclass(frozen=True, kw_only=True)
class DeadLetterTopic:
    """Where a service lays aside, untouched, what it cannot process."""

    name: str
    service: Service
    partitions: int = 1
    retention: timedelta = timedelta(days=90)


EDITIONS = Topic(
    name="registration.editions.v1",
    type="semaine.edition.v1",
    model=EditionMessage,
    publisher="registration",
    consumers=("labelling", "notifications", "stats"),
    key="edition id",
    partitions=1,
    cleanup="compact",
    access="public",
    description="Editions: name, dates, label window, submission deadline, regional windows, status.",
)
EVENTS = Topic(
    name="registration.events.v1",
    type="semaine.event.v1",
    model=EventMessage,
    publisher="registration",
    consumers=("labelling", "notifications", "stats"),
    key="event id",
    partitions=6,
    cleanup="compact",
    access="internal",
    description="Every change of every submitted event, with the event's whole state after it.",
)
PARTICIPATIONS = Topic(
    name="registration.participations.v1",
    type="semaine.participation.v1",
    model=ParticipationMessage,
    publisher="registration",
    consumers=("notifications", "stats"),
    key="event id",
    partitions=6,
    cleanup="compact",
    access="internal",
    description="Every change of a guest list, with the list's totals after it. Names nobody.",
)
CONTACTS = Topic(
    name="registration.contacts.v1",
    type="semaine.contact.v1",
    model=ContactMessage,
    publisher="registration",
    consumers=("notifications",),
    key="contact id",
    partitions=6,
    cleanup="compact",
    access="restricted",
    description="Addresses of organisers and of people who signed up: the only topic with personal data.",
    tombstones=True,
)
CATALOGUE = Topic(
    name="catalogue.events.v1",
    type="semaine.catalogue.v1",
    model=CatalogueMessage,
    publisher="registration",
    consumers=("notifications",),
    key="event id",
    partitions=6,
    cleanup="compact",
    access="public",
    description="The public programme: labelled events as they stand; a tombstone where one has left it.",
    tombstones=True,
)
NOTICES = Topic(
    name="registration.notices.v1",
    type="semaine.notice.v1",
    model=NoticeMessage,
    publisher="registration",
    consumers=("notifications",),
    key="contact id",
    partitions=6,
    cleanup="delete",
    access="internal",
    description="What each person has to hear of a postponement or cancellation: once per person and act.",
    retention=timedelta(days=30),
)
WAITING = Topic(
    name="registration.waiting.v1",
    type="semaine.waiting.v1",
    model=WaitingMessage,
    publisher="registration",
    consumers=("notifications",),
    key="entry id",
    partitions=6,
    cleanup="delete",
    access="internal",
    description="Who waits for a place, and whom a freed one is offered to. Names nobody, and nothing counts it.",
    retention=timedelta(days=30),
)
DECISIONS = Topic(
    name="labelling.decisions.v1",
    type="semaine.decision.v1",
    model=DecisionMessage,
    publisher="labelling",
    consumers=("registration", "notifications"),
    key="event id",
    partitions=6,
    cleanup="compact",
    access="internal",
    description="Each decision on an event: charter version, verdict, and the reason of every criterion.",
)
DELIVERIES = Topic(
    name="notifications.deliveries.v1",
    type="semaine.delivery.v1",
    model=DeliveryMessage,
    publisher="notifications",
    consumers=(),
    key="delivery id",
    partitions=6,
    cleanup="delete",
    access="internal",
    description="What became of each e-mail and webhook.",
    retention=timedelta(days=30),
)
COUNTERS = Topic(
    name="stats.counters.v1",
    type="semaine.counter.v1",
    model=CounterMessage,
    publisher="stats",
    consumers=(),
    key="edition id/dimension",
    partitions=1,
    cleanup="compact",
    access="public",
    description="The live counters of an edition, one message per dimension.",
)

TOPICS: tuple[Topic, ...] = (
    EDITIONS,
    EVENTS,
    PARTICIPATIONS,
    CONTACTS,
    CATALOGUE,
    NOTICES,
    WAITING,
    DECISIONS,
    DELIVERIES,
    COUNTERS,
)
DEAD_LETTERS: dict[Service, DeadLetterTopic] = {
    service: DeadLetterTopic(name=f"{service}.dead-letters.v1", service=service) for service in SERVICES
}
BY_NAME: dict[str, Topic] = {topic.name: topic for topic in TOPICS}

MAX_MESSAGE_BYTES = 1_000_000
"""Largest value that a service publishes; the broker refuses more."""
MAX_DEAD_LETTER_BYTES = 16_000_000
