"""Rules of waiting lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.contracts.registration import Offer, WaitingState

Status = Literal["waiting", "offered", "accepted", "declined", "lapsed", "left", "closed"]
_SHARE = 4
"""An offer takes at most this part of the time that is left until the event."""
_SHORTEST = timedelta(minutes=30)
_LAST_OFFER = 2 * _SHORTEST
"""Before the event. From then on nobody waits any more: a free place is for whoever comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody on a waiting list; `person_id` is None once erased."""

    id: UUID
    event_id: UUID
    edition_id: str
    turn: int
    person_id: UUID | None
    kind: Literal["person", "group"]
    people: int
    name: str
    status: Status
    sequence: int
    joined_at: datetime
    expires_at: datetime | None
    """Of the last offer."""
    revision: int | None
    calendar_sequence: int | None
    act_number: int
    """The last act that had reached the event when the offer was made."""
    participation_id: UUID | None

    def state(self, *, status: Status | None = None, position: int = 0) -> WaitingState:
        """As published, with the offer that stood before the change. Of one who is erased nothing is."""
        assert self.person_id is not None
        offer = None
        if self.status == "offered" and self.expires_at is not None and self.revision is not None:
            offer = Offer(expires_at=self.expires_at, revision=self.revision)
        return WaitingState(
            id=self.id,
            event_id=self.event_id,
            edition_id=self.edition_id,
            contact_id=self.person_id,
            kind=self.kind,
            people=self.people,
            status=status or self.status,
            position=position,
            offer=offer,
            joined_at=self.joined_at,
        )


def expiry(begins: Iterable[datetime], *, now: datetime, longest: timedelta) -> datetime | None:
    """
    Until when an offer made now holds; None when it is too late for offers.

    `begins`: of the event's slots. The next one counts: the nearer it is, the shorter an offer holds.
    """
    coming = min((begin for begin in begins if begin > now), default=None)
    if coming is None or coming - now < _LAST_OFFER:
        return None
    return now + min(longest, max((coming - now) / _SHARE, _SHORTEST))


def next_in_line(waiting: Sequence[Entry], *, free: int) -> list[Entry]:
    """Whom places are offered to: in turn, and who does not fit is passed over and keeps the turn."""
    chosen = []
    for entry in waiting:
        if entry.people <= free:
            chosen.append(entry)
            free -= entry.people
    return chosen
