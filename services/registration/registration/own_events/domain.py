"""Rules of an organiser's own events: what comes next, and what a copy for another edition is like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.registration import EditionState

Step = Literal["answer", "finish", "correct", "wait", "share", "welcome", "count", "done", "off", "copy"]
_URGENCY: tuple[Step, ...] = ("answer", "welcome", "correct", "finish", "count", "share")
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An event or a draft of an organiser, with its guest list's totals. A draft's `content` may lack anything."""

    id: UUID
    organiser_id: UUID
    edition_id: str
    status: str
    content: Mapping[str, Any]
    time_zone: str
    occurrence: str
    answer: str
    act_number: int
    capacity: int | None
    announced: int
    parties: int
    actual: int | None
    changed_at: datetime

    @property
    def title(self) -> str:
        return str(self.content.get("title") or "")

    @property
    def slots(self) -> list[tuple[datetime, datetime]]:
        """From when to when, in local time; what a draft has not got whole is left out."""
        return slots_of(self.content)

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.announced

    def next_step(self, *, now: datetime) -> Step:
        """The one thing to do now."""
        if self.status != "withdrawn" and self.answer == "awaited":
            return "answer"
        if self.status in _STEPS:
            return _STEPS[self.status]
        if self.occurrence in {"cancelled", "postponed"}:
            return "off"
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        days = [day for begin, end in self.slots for day in (begin.date(), end.date())]
        if not days or today < min(days):
            return "share"
        if today <= max(days):
            return "welcome"
        return "count" if self.actual is None else "done"


_STEPS: Mapping[str, Step] = {
    "draft": "finish",
    "submitted": "wait",
    "in_review": "wait",
    "refused": "correct",
    "withdrawn": "copy",
}


def most_urgent(events: list[Own], *, now: datetime) -> Own | None:
    """The event that asks for something first; None when all is done or waits for others."""
    asking = [(event.next_step(now=now), event) for event in events]
    asking = [(step, event) for step, event in asking if step in _URGENCY]
    return min(asking, key=lambda each: _URGENCY.index(each[0]), default=(None, None))[1]


def slots_of(content: Mapping[str, Any]) -> list[tuple[datetime, datetime]]:
    """Those of a draft's slots that are whole."""
    found = []
    slots = content.get("slots")
    for slot in slots if isinstance(slots, list) else ():
        try:
            begin, end = (datetime.fromisoformat(slot[name]) for name in ("begin", "end"))
        except (KeyError, TypeError, ValueError):
            continue
        if begin.tzinfo is None and end.tzinfo is None:
            found.append((begin, end))
    return found


def copied(content: Mapping[str, Any], *, before: EditionState, now: EditionState) -> dict[str, Any]:
    """
    The content for another edition: each slot is moved by whole weeks, so that a Tuesday stays a Tuesday.

    The reference stays behind: it names the event it was copied from.
    """
    shift = weeks_between(before.dates.first_day, now.dates.first_day)
    slots = [
        {"begin": (begin + shift).isoformat(), "end": (end + shift).isoformat()} for begin, end in slots_of(content)
    ]
    return {name: value for name, value in content.items() if name != "reference"} | {"slots": slots}


def weeks_between(first: date, second: date) -> timedelta:
    """The nearest number of whole weeks."""
    return timedelta(days=round((second - first).days / _WEEK) * _WEEK)
