"""The fold: one acknowledged operation after the other, and between them the acts that have reached each event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from semaine.faults.expected.editions import Editions, moved, same
from semaine.faults.expected.programme import Event, Expected, SignUp
from semaine.faults.ledger import Ledger, Operation, id_of

Reached = Mapping[str, Sequence[int]]
_NOT_JUDGED = frozenset({"reference", "capacity", "accessibility"})
"""What an amendment may change without a new decision."""
_OF_AN_EVENT = frozenset({"amend", "withdraw", "answer"})
_OCCURRENCES = {"postponed": "rescheduled", "postponed_undated": "postponed"}


def expected(ledger: Ledger, *, reached: Reached | None = None) -> Expected:
    """
    Fold the ledger. Each event's own operations are in order, since one writer sends them one after the other.

    `reached`: by event, the acts of which it was published that they have reached it: of an act that another has
    superseded, the ledger cannot know. When one did, the answers to operations on the event say.
    """
    known = Expected(editions=Editions.of(ledger))
    for operation in ledger.acknowledged():
        event = known.events.get(operation.event_id or "")
        if event is not None and operation.kind in _OF_AN_EVENT:
            _reach(known, event, until=_act_number(operation))
        _FOLD[operation.kind](known, operation)
        if operation.kind == "submit":
            submitted = known.events[id_of(operation.answer)]
            submitted.reached = (reached or {}).get(submitted.id, ())
    for event in known.events.values():
        _reach(known, event, until=known.editions.last)
    return known


def _reach(known: Expected, event: Event, *, until: int) -> None:
    """Let acts up to this one move the event, as far as they have reached it and could."""
    for number in event.reached:
        if event.act_number < number <= until and number in known.editions.acts and not event.withdrawn:
            _move(known, event, number)


def _move(known: Expected, event: Event, number: int) -> None:
    act, distance = known.editions.acts[number], known.editions.distance(event.act_number, number)
    event.acts.append(number)
    event.act_number = number
    event.answer = "awaited" if act.policy == "confirmation" else "not_asked"
    event.occurrence = _OCCURRENCES[act.kind]
    if act.kind == "postponed":
        event.content = event.content | {"slots": moved(event.content["slots"], distance)}
        event.revision += 1
        event.moves.add(event.revision)
        _expect(known, event)


def _expect(known: Expected, event: Event) -> None:
    """The charter decides the revision by the edition as it is, or as an act leaves it before the next revision."""
    event.expected[event.revision] = known.editions.verdicts(
        event.verdict, event.content["slots"], since=event.act_number
    )


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
        verdict=operation.expected,
        act_number=_act_number(operation),
    )
    _expect(known, event)
    known.drafts.discard(event.id)
    known.events[event.id] = event


def _amend(known: Expected, operation: Operation) -> None:
    assert operation.content is not None
    assert operation.expected is not None
    event = known.events.get(operation.event_id or "")
    if event is None:  # a draft: nothing is published
        return
    event.verdict = operation.expected
    _change(known, event, operation.content)


def _change(known: Expected, event: Event, content: dict[str, Any]) -> None:
    before, event.content = event.content, content
    names = before.keys() | content.keys()
    changed = {name for name in names if not _alike(name, before.get(name), content.get(name))}
    if not changed:
        return
    event.amendments += 1
    event.list_changes += "capacity" in changed
    if "slots" in changed and event.answer in {"awaited", "confirmed"}:
        event.answer = "changed"
    if changed - _NOT_JUDGED:
        event.revision += 1
        _expect(known, event)


def _alike(name: str, one: Any, other: Any) -> bool:
    return same(one, other) if name == "slots" else bool(one == other)


def _answer(known: Expected, operation: Operation) -> None:
    """A second click says the same again, which is no news."""
    assert operation.body is not None
    event = known.events[operation.event_id or ""]
    slots = operation.body.get("slots", event.content["slots"])
    if operation.body["answer"] == "withdraw":
        event.declined = event.declined or (0 if event.withdrawn else operation.body["act"])
        _withdraw(known, operation)
    elif not same(slots, event.content["slots"]):
        event.answer = "changed"
        _change(known, event, event.content | {"slots": slots})
    elif event.answer not in {"confirmed", "changed"}:
        event.answer = "confirmed"
        event.answered += 1


def _withdraw(known: Expected, operation: Operation) -> None:
    event = known.events[operation.event_id or ""]
    event.withdrawn = True
    event.answer = "not_asked"


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
        since=_known(operation),
        kept=before is not None and before.kept,
    )


def _cancel(known: Expected, operation: Operation) -> None:
    _give_up(known.events[operation.event_id or ""], id_of(operation.answer["participation"]))


def _cancel_by_link(known: Expected, operation: Operation) -> None:
    _give_up(known.events[operation.event_id or ""], operation.sign_up_id or "")


def _give_up(event: Event, sign_up_id: str) -> None:
    sign_up = event.sign_ups[sign_up_id]
    if sign_up.active:
        sign_up.active = False
        event.cancelled += 1
        event.list_changes += 1


def _keep(known: Expected, operation: Operation) -> None:
    """The page offers it for new dates alone."""
    sign_up = known.events[operation.event_id or ""].sign_ups[operation.sign_up_id or ""]
    sign_up.kept = sign_up.kept or sign_up.active


def _attend(known: Expected, operation: Operation) -> None:
    assert operation.body is not None
    event = known.events[operation.event_id or ""]
    event.actual = operation.body["people"]
    event.list_changes += 1


def _review(known: Expected, operation: Operation) -> None:
    event = known.events[operation.event_id or ""]
    if event.reviews.setdefault(operation.answer["revision"], operation) is not operation:
        known.second_reviews.append(operation)


def _postpone(_known: Expected, _operation: Operation) -> None:
    """Is in `Expected.editions` from the beginning."""


def _known(operation: Operation) -> datetime:
    assert operation.known is not None
    return operation.known


def _act_number(operation: Operation) -> int:
    """Of the event's state, as it was answered."""
    return int(operation.answer.get("act_number", 0))


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
    "postpone": _postpone,
    "answer": _answer,
    "keep": _keep,
    "give_up": _cancel_by_link,
}
