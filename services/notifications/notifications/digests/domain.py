"""When digests are due, and whose they are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from shared.runtime.tokens import Caller

Every = Literal["day", "week"]
_MEMBERS = UUID("6b0b0f0e-7d0c-5d6a-9c57-0f2d3a4e5b61")
_ZONE = ZoneInfo("Europe/Paris")
_AT = time(7)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """What a member of the committee wants to be told, or a partner. `departements`: empty for all."""

    contact_id: UUID
    departements: tuple[str, ...]
    every: Every
    told_until: datetime
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An event that waits for the committee."""

    event_id: UUID
    title: str
    departement: str | None
    due_on: date | None
    since: datetime


def contact_id(caller: Caller) -> UUID:
    """Of a member of the committee: the same for whoever has the same token's subject and role."""
    return uuid5(_MEMBERS, f"{caller.role} {caller.subject}")


def today(now: datetime) -> date:
    """Where the committee is."""
    return now.astimezone(_ZONE).date()


def next_due(every: Every, *, after: datetime) -> datetime:
    """Seven o'clock of the next working day, or of the next Monday."""
    day = today(after) + timedelta(days=0 if after.astimezone(_ZONE).time() < _AT else 1)
    while day.weekday() >= _SATURDAY or (every == "week" and day.weekday() != 0):
        day += timedelta(days=1)
    return datetime.combine(day, _AT, tzinfo=_ZONE)
