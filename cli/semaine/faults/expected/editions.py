"""The edition as each act has left it, and what its dates mean for events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from semaine.faults.ledger import Ledger, Operation
from semaine.generation import Edition, Verdict
from semaine.generation.editions import Days

Slots = Sequence[Mapping[str, str]]
_NO_DATES: Edition = {
    "dates": {"first_day": "0001-01-01", "last_day": "9999-12-31"},
    "label_window": {"first_day": "0001-01-01", "last_day": "9999-12-31"},
}
"""Of an edition that nobody postpones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An act on the edition as it was acknowledged. `begun`: before it was; `known`: after it was."""

    id: str
    number: int
    kind: str
    policy: str
    begun: datetime
    known: datetime

    @classmethod
    def of(cls, operation: Operation) -> Self:
        act = operation.answer["act"]
        assert operation.known is not None
        return cls(
            id=act["id"],
            number=act["number"],
            kind=act["kind"],
            policy=act["policy"],
            begun=operation.begun,
            known=operation.known,
        )


@dataclass(slots=True, kw_only=True)
class Editions:
    """First day and label window by the number of acts so far; the acts themselves by their numbers."""

    first_days: list[date] = field(default_factory=list)
    label_windows: list[Days] = field(default_factory=list)
    acts: dict[int, Decided] = field(default_factory=dict)
    surplus: list[Operation] = field(default_factory=list)
    """Acknowledged although there is another act of the same number, or none of the number before."""

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """From its acknowledged acts; the same act confirmed by two clicks is one."""
        first = _NO_DATES | ledger.edition
        found = cls(
            first_days=[date.fromisoformat(first["dates"]["first_day"])], label_windows=[Days.of(first["label_window"])]
        )
        for operation in sorted(ledger.acknowledged("postpone"), key=lambda each: each.answer["act"]["number"]):
            found.add(operation)
        return found

    @property
    def last(self) -> int:
        """Number of the last act; 0 without any."""
        return len(self.acts)

    def distance(self, since: int, until: int) -> timedelta:
        """By how much the acts after `since` move, `until` included."""
        return self.first_days[until] - self.first_days[since]

    def verdicts(self, verdict: Verdict, slots: Slots, *, since: int) -> frozenset[Verdict]:
        """What the charter may say of an event: by the edition as the act `since` left it, or any later one."""
        return frozenset(_verdict(verdict, slots, window) for window in self.label_windows[since:])

    def add(self, operation: Operation) -> None:
        """The next act."""
        act = Decided.of(operation)
        known = self.acts.get(act.number)
        if known is not None and known.id == act.id:
            return
        if act.number != self.last + 1:
            self.surplus.append(operation)
            return
        assert operation.body is not None
        dates = operation.body.get("dates")
        first, window = self.first_days[-1], self.label_windows[-1]
        moved = date.fromisoformat(dates["first_day"]) - first if dates else timedelta()
        self.acts[act.number] = act
        self.first_days.append(first + moved)
        self.label_windows.append(Days(window.first + moved, window.last + moved))


def moved(slots: Slots, distance: timedelta) -> list[dict[str, str]]:
    """The slots at the same local times so many days later."""
    return [
        {end: (datetime.fromisoformat(local) + distance).isoformat() for end, local in slot.items()} for slot in slots
    ]


def same(one: Any, other: Any) -> bool:
    """Whether these are the same slots, however their times are written."""
    return moved(one, timedelta()) == moved(other, timedelta())


def _verdict(verdict: Verdict, slots: Slots, window: Days) -> Verdict:
    """Outside the label window nothing is labelled; of what is partly outside the committee decides."""
    inside = [
        window.first <= datetime.fromisoformat(slot["begin"]).date()
        and datetime.fromisoformat(slot["end"]).date() <= window.last
        for slot in slots
    ]
    if all(inside):
        return verdict
    return "in_review" if any(inside) and verdict != "refused" else "refused"
