"""What feeds tell: events of the programme, and those that have left it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registration.programme.store import Places
from shared import territory
from shared.contracts.registration import EventState


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of an edition. `territory`: a département's code, or `R52` for a region."""

    edition_id: str
    territory: str | None = None
    organiser_id: UUID | None = None

    def holds(self, event: EventState) -> bool:
        """Whether the event, as the public sees it, belongs to it."""
        if self.organiser_id not in {None, event.organiser.id}:
            return False
        if self.territory is None:
            return True
        if self.territory.startswith("R"):
            return event.place.region == self.territory[1:]
        return event.place.departement == self.territory

    @property
    def is_possible(self) -> bool:
        return self.territory is None or territory.name_of(self.territory) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event at its position of the feed. `gone`: it is not, or no longer, in the selection."""

    position: int | None
    changed_at: datetime | None
    event: EventState
    places: Places
    actual: int | None
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far the feed of an edition has come; `changed_at` None while it is empty."""

    position: int
    changed_at: datetime | None
