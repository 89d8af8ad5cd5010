"""What the messages of the catalogue say to partners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from notifications.partners.domain import AnnouncementType, Interest
from notifications.webhooks.domain import Announcement, Withdrawal
from shared.contracts.registration import ActKind, CatalogueMessage
from shared.runtime.decoding import Received

TEST = "test"
BATCH = "batch"
_BY_OCCURRENCE: Mapping[str, AnnouncementType] = {
    "rescheduled": "event.rescheduled",
    "postponed": "event.postponed",
    "cancelled": "event.cancelled",
}
OF_ACTS: Mapping[ActKind, AnnouncementType] = {
    "postponed": "event.rescheduled",
    "postponed_undated": "event.postponed",
    "cancelled": "event.cancelled",
}
"""How partners hear of each kind of act."""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """An announcement of an event, and what decides who is told."""

    announcement: Announcement
    type: AnnouncementType
    event_id: UUID
    interest: Interest


def published_or_changed(message: Received[CatalogueMessage], *, public_url: str, known_act: int) -> News:
    """The news of a message that is no tombstone. `known_act`: the last act that earlier messages knew of."""
    body = message.body
    assert body is not None
    event = body.event
    type_ = _type_of(body, known_act=known_act)
    data = {
        "event_id": str(event.id),
        "sequence": message.sequence,
        "page": f"{public_url.rstrip('/')}/{body.page.lstrip('/')}",
        "event": event.model_dump(mode="json", exclude_none=True),
    }
    return News(
        announcement=Announcement(
            message_id=str(message.id),
            type=type_,
            event_id=event.id,
            sequence=message.sequence,
            body=_body(type_, data, time=message.time),
            time=message.time,
            act_number=event.act_number,
        ),
        type=type_,
        event_id=event.id,
        interest=Interest(event_type=event.type, departement=event.place.departement, region=event.place.region),
    )


def _type_of(body: CatalogueMessage, *, known_act: int) -> AnnouncementType:
    """An act is told as such by the message that brings it; what changes later is a change."""
    if body.change == "published":
        return "event.published"
    if body.event.act_number > known_act and body.event.occurrence in _BY_OCCURRENCE:
        return _BY_OCCURRENCE[body.event.occurrence]
    return "event.changed"


def withdrawn(withdrawal: Withdrawal, *, interest: Interest) -> News:
    """The news of an event that left the programme."""
    data = {"event_id": str(withdrawal.event_id), "sequence": withdrawal.sequence}
    return News(
        announcement=Announcement(
            message_id=withdrawal.message_id,
            type="event.withdrawn",
            event_id=withdrawal.event_id,
            sequence=withdrawal.sequence,
            body=_body("event.withdrawn", data, time=withdrawal.time),
            time=withdrawal.time,
        ),
        type="event.withdrawn",
        event_id=withdrawal.event_id,
        interest=interest,
    )


def test_of(partner_id: UUID, *, message_id: str, now: datetime) -> Announcement:
    """A webhook by which a partner sees that its endpoint works."""
    return Announcement(
        message_id=message_id,
        type=TEST,
        event_id=None,
        sequence=0,
        body=_body(TEST, {"partner_id": str(partner_id)}, time=now),
        time=now,
    )


def batch_of(bodies: Mapping[str, str], *, now: datetime) -> str:
    """One webhook that carries several, each with its id: what a partner has already got, it can leave out."""
    webhooks = [{"id": webhook_id, **orjson.loads(body)} for webhook_id, body in bodies.items()]
    return _body(BATCH, {"webhooks": webhooks}, time=now)


def _body(type_: str, data: Mapping[str, Any], *, time: datetime) -> str:
    return orjson.dumps({"type": type_, "timestamp": time.isoformat(), "data": data}).decode()
