"""Who has signed up, and what each has to hear when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.registration import Slot

_REMIND_AT = time(10)
"""In the event's local time, on the day before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignUp:
    """A sign-up of somebody who can be written to."""

    id: UUID
    event_id: UUID
    contact_id: UUID
    people: int
    active: bool
    signed_up_at: datetime
    sequence: int
    """Of the guest list after the change: the higher is the newer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A reminder that is due."""

    sign_up_id: UUID
    event_id: UUID
    contact_id: UUID
    people: int
    begins: datetime
    """When the event begins, in its local time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """
    A sign-up to an event that its organiser has withdrawn, or moved, `moves` times by now.

    `untold`: nothing else tells the guest, and it is no news of the past.
    """

    sign_up_id: UUID
    event_id: UUID
    contact_id: UUID
    people: int
    moves: int
    untold: bool


@dataclass(frozen=True, slots=True)
class Times:
    """When an event first begins and when people are reminded of it; None for one without slots."""

    begins_at: datetime | None
    remind_at: datetime | None


def times_of(slots: Sequence[Slot], *, time_zone: str) -> Times:
    """The day before the first slot, at ten in the event's own time."""
    if not slots:
        return Times(None, None)
    zone = ZoneInfo(time_zone)
    begin = min(slot.begin for slot in slots)
    return Times(
        begins_at=begin.replace(tzinfo=zone),
        remind_at=datetime.combine(begin.date() - timedelta(days=1), _REMIND_AT, tzinfo=zone),
    )
