"""How long the committee still has for an answer, as people count days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Late by `days`, due today, or due in `days`; the day begins and ends where the event is."""

    kind: Literal["late", "today", "later"]
    days: int

    @classmethod
    def of(cls, due_before: datetime, *, now: datetime) -> "Due":
        """`due_before`: when the last day for an answer is over."""
        left = due_before - now
        if left <= timedelta(0):
            return cls(kind="late", days=(now - due_before) // _DAY + 1)
        return cls(kind="today", days=0) if left <= _DAY else cls(kind="later", days=left // _DAY)
