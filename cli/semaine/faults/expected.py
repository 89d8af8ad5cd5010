"""What must be true at the end, by the ledger alone: its acknowledged operations, folded in the order of each event."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from semaine.faults.ledger import Ledger, Operation, id_of
from semaine.generation import Verdict

_NOT_JUDGED = frozenset({"reference", "capacity", "accessibility"})
"""What an amendment may change without a new decision."""


@dataclass(slots=True, kw_only=True)
class SignUp:
    """A sign-up; taken up again after a cancellation it keeps its id."""

    id: str
    event_id: str
    email: str
    kind: str
    people: int
    active: bool = True
    times: int = 1
    """How often it was acknowledged, and so confirmed."""


@dataclass(slots=True, kw_only=True)
class Event:
    """A submitted event with its guest list."""

    id: str
    organiser_id: str
    content: dict[str, Any]
    expected: dict[int, Verdict]
    """What the charter must say, by revision."""
    revision: int = 1
    amendments: int = 0
    withdrawn: bool = False
    cancelled: int = 0
    actual: int | None = None
    list_changes: int = 0
    sign_ups: dict[str, SignUp] = field(default_factory=dict)
    reviews: dict[int, Operation] = field(default_factory=dict)
    """The acknowledged review of a revision."""

    @property
    def receipts(self) -> int:
        return 1 + self.amendments

    @property
    def parties(self) -> int:
        return sum(each.active for each in self.sign_ups.values())

    @property
    def announced(self) -> int:
        return sum(each.people for each in self.sign_ups.values() if each.active)

    @property
    def confirmations(self) -> int:
        return sum(each.times for each in self.sign_ups.values())

    @property
    def status(self) -> str:
        """The status that follows from the charter and from what the committee decided of the last revision."""
        if self.withdrawn:
            return "withdrawn"
        review = self.reviews.get(self.revision)
        return str(review.answer["verdict"]) if review else self.expected[self.revision]


@dataclass(slots=True, kw_only=True)
class Expected:
    """The programme as the ledger knows it."""

    events: dict[str, Event] = field(default_factory=dict)
    drafts: set[str] = field(default_factory=set)
    organisers: dict[str, str] = field(default_factory=dict)
    """Addresses by id."""
    access_mails: Counter[str] = field(default_factory=Counter)
    """Codes asked for, by address."""
    second_reviews: list[Operation] = field(default_factory=list)
    """Acknowledged although the same revision had been reviewed."""


def expected(ledger: Ledger) -> Expected:
    """Fold the ledger. Each event's own operations are in order, since one writer sends them one after the other."""
    known = Expected()
    for operation in ledger.acknowledged():
        _FOLD[operation.kind](known, operation)
    return known


def _register(known: Expected, operation: Operation) -> None:
    email = operation.answer["email"]
    known.organisers[id_of(operation.answer)] = email
    known.access_mails[email] += 1


def _access(known: Expected, operation: Operation) -> None:
    assert operation.body is not None
    known.access_mails[operation.body["email"]] += 1


def _draft(known: Expected, operation: Operation) -> None:
    known.drafts.add(id_of(operation.answer))


def _submit(known: Expected, operation: Operation) -> None:
    assert operation.content is not None
    assert operation.expected is not None
    event = Event(
        id=id_of(operation.answer),
        organiser_id=str(operation.answer["organiser"]["id"]),
        content=operation.content,
        expected={1: operation.expected},
    )
    known.drafts.discard(event.id)
    known.events[event.id] = event


def _amend(known: Expected, operation: Operation) -> None:
    assert operation.content is not None
    event = known.events.get(operation.event_id or "")
    if event is None:  # a draft: nothing is published
        return
    before, event.content = event.content, operation.content
    changed = {name for name in before.keys() | event.content.keys() if before.get(name) != event.content.get(name)}
    if not changed:
        return
    event.amendments += 1
    event.list_changes += "capacity" in changed
    if changed - _NOT_JUDGED:
        assert operation.expected is not None
        event.revision += 1
        event.expected[event.revision] = operation.expected


def _withdraw(known: Expected, operation: Operation) -> None:
    known.events[operation.event_id or ""].withdrawn = True


def _sign_up(known: Expected, operation: Operation) -> None:
    assert operation.body is not None
    event = known.events[operation.event_id or ""]
    event.list_changes += 1
    id_ = id_of(operation.answer["participation"])
    before = event.sign_ups.get(id_)
    event.sign_ups[id_] = SignUp(
        id=id_,
        event_id=event.id,
        email=operation.body["email"],
        kind=operation.body["kind"],
        people=operation.body["people"],
        times=before.times + 1 if before else 1,
    )


def _cancel(known: Expected, operation: Operation) -> None:
    event = known.events[operation.event_id or ""]
    sign_up = event.sign_ups[id_of(operation.answer["participation"])]
    if sign_up.active:
        sign_up.active = False
        event.cancelled += 1
        event.list_changes += 1


def _attend(known: Expected, operation: Operation) -> None:
    assert operation.body is not None
    event = known.events[operation.event_id or ""]
    event.actual = operation.body["people"]
    event.list_changes += 1


def _review(known: Expected, operation: Operation) -> None:
    event = known.events[operation.event_id or ""]
    if event.reviews.setdefault(operation.answer["revision"], operation) is not operation:
        known.second_reviews.append(operation)


_FOLD = {
    "register": _register,
    "access": _access,
    "draft": _draft,
    "submit": _submit,
    "amend": _amend,
    "withdraw": _withdraw,
    "sign_up": _sign_up,
    "cancel": _cancel,
    "attend": _attend,
    "review": _review,
}
