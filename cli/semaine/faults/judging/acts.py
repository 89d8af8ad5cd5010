"""Acts on the edition: each complete once, every event reached, each person told once, of the later act last."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import combinations
from typing import Any

from semaine.faults.disturbances import Disturbance
from semaine.faults.expected import Decided, Event, Expected, SignUp
from semaine.faults.facts import Facts
from semaine.faults.judging.notices import Arrival
from semaine.faults.reach import beyond_flight, repeats_delivery
from semaine.faults.streams import Appearance, bodies
from semaine.faults.violation import Violation, compare, compare_counts
from shared.contracts.topics import EVENTS, NOTICES

_BY_AN_ACT = frozenset({"rescheduled", "postponed", "cancelled"})
_OF_ACTS = frozenset({"act", "answer_reminder", "lapsed"})
_MOST_SHOWN = 5


def reached(appearances: Sequence[Appearance]) -> dict[str, list[int]]:
    """By event, the acts of which was told that they have reached it, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for body in bodies(appearances, EVENTS):
        if body["change"] in _BY_AN_ACT:
            found[body["event"]["id"]].append(body["event"]["act_number"])
    return {id_: sorted(numbers) for id_, numbers in found.items()}


def judge_acts(known: Expected, facts: Facts) -> Iterator[Violation]:
    """Those acknowledged, and no others; the last one has reached every event there was."""
    editions = known.editions
    yield from compare(
        where="registration acts",
        what="id, kind, policy, first day, phase",
        expected={
            str(act.number): (
                act.id,
                act.kind,
                act.policy,
                editions.first_days[act.number].isoformat(),
                _phase(known, act),
            )
            for act in editions.acts.values()
        },
        found={
            str(row["number"]): (row["id"], row["kind"], row["policy"], row["first_day"], row["phase"])
            for row in facts.acts
        },
    )
    for operation in editions.surplus:
        detail = f"act {operation.answer['act']['number']} was acknowledged beside another one"
        yield Violation(kind="double", where="HTTP", key=operation.key, detail=detail)
    for event in known.events.values():
        if not event.withdrawn and event.act_number < editions.last:
            detail = f"act {editions.last} has not reached it, the last that did is {event.act_number}"
            yield Violation(kind="lost", where=EVENTS.name, key=event.id, detail=detail)


def judge_told(known: Expected, facts: Facts, appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """
    Each person is told of an act at most once, and of the last one certainly.

    Whoever came or left while an act was carried through may have been told or not.
    """
    told = list(bodies(appearances, NOTICES))
    times = Counter(
        (_address(facts, body), body["notice"]["act"]["number"]) for body in told if body["change"] == "act"
    )
    for (address, number), count in times.items():
        if count > 1:
            yield _violation("double", address, f"told of act {number} {count} times")
        if address not in _people(known, number, lambda *_: True):
            yield _violation("double", address, f"told of act {number}, which does not concern them")
    last = known.editions.acts.get(known.editions.last)
    if last is not None:
        certain = _people(known, last.number, lambda event, sign_up: _certain(last, event, sign_up))
        for address in sorted(certain - {address for address, number in times if number == last.number}):
            yield _violation("lost", address, f"never told of act {last.number}")
    yield from compare_counts(
        where="notifications deliveries",
        what="notices of acts",
        expected=Counter(body["notice"]["id"] for body in told),
        found=Counter(row["message_id"] for row in facts.deliveries.values() if row["kind"] in _OF_ACTS),
    )


def judge_order(facts: Facts, mails: Sequence[Arrival], disturbances: Sequence[Disturbance]) -> Iterator[Violation]:
    """Nobody gets the mail of an act after that of a later one, but what a fault has caught on its way."""
    first: dict[tuple[str, int], datetime] = {}
    for mail in sorted(mails, key=lambda each: each.at):
        row = facts.deliveries.get(mail.id)
        if row is not None and row["kind"] == "act":
            first.setdefault((mail.content, row["act_number"]), mail.at)
    late: list[datetime] = []
    for address in {address for address, _ in first}:
        numbers = sorted(number for known_address, number in first if known_address == address)
        for earlier, later in combinations(numbers, 2):
            at = first[address, earlier]
            if at <= first[address, later]:
                continue
            late.append(at)
            if not repeats_delivery(disturbances, receiver="mail", first=at):
                detail = (
                    f"the mail of act {earlier} came at {at:%H:%M:%S.%f}, after that of act {later}, no fault near it"
                )
                yield Violation(kind="order", where="received by mail", key=address, detail=detail)
    if beyond := beyond_flight(late, receiver="mail", disturbances=disturbances):
        times = ", ".join(f"{at:%H:%M:%S.%f}" for at in beyond[:_MOST_SHOWN])
        detail = f"{len(beyond)} mails of acts that came after those of later ones were in flight at no fault: {times}"
        yield Violation(kind="order", where="received by mail", key="all", detail=detail)


def _phase(known: Expected, act: Decided) -> str:
    return "settled" if act.number == known.editions.last else "superseded"


def _people(known: Expected, number: int, concerned: Callable[[Event, SignUp | None], bool]) -> AbstractSet[str]:
    """Addresses of organisers and guests of the events that this act has reached."""
    found: set[str] = set()
    for event in known.events.values():
        if number not in event.acts:
            continue
        if concerned(event, None):
            found.add(known.organisers.get(event.organiser_id, ""))
        found |= {each.email for each in event.sign_ups.values() if concerned(event, each)}
    return found


def _certain(act: Decided, event: Event, sign_up: SignUp | None) -> bool:
    return not event.withdrawn and (sign_up is None or (sign_up.active and sign_up.since < act.begun))


def _address(facts: Facts, body: dict[str, Any]) -> str:
    return facts.address_of(body["notice"]["recipient_id"])


def _violation(kind: Any, address: str, detail: str) -> Violation:
    return Violation(kind=kind, where=NOTICES.name, key=address, detail=detail)
