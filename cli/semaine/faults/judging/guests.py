"""Guests: each hears once that an event is withdrawn, and of other dates no more often than there were changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from semaine.faults.expected import Event, Expected
from semaine.faults.facts import Facts
from semaine.faults.streams import Appearance, bodies
from semaine.faults.violation import Violation
from shared.contracts.topics import NOTICES

_DELIVERIES = "notifications deliveries"


def judge_guests(known: Expected, facts: Facts, appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """
    Whoever still holds a place must have heard of a withdrawal; whoever gave it up may have, if they did so later.

    By a notice of the act that was answered with it, or by a mail. Mails of moves wait, so they are not due yet.
    """
    withdrawn = [event for event in known.events.values() if event.withdrawn]
    by_act = Counter(
        (facts.address_of(body["notice"]["recipient_id"]), sign_up["event_id"])
        for body in bodies(appearances, NOTICES)
        if body["change"] == "lapsed"
        for sign_up in body["notice"]["sign_ups"]
    )
    yield from _told_once([event for event in withdrawn if event.declined], by_act, where=NOTICES.name)
    undeclined = [event for event in withdrawn if not event.declined]
    yield from _told_once(undeclined, _mails(facts, "called_off"), where=_DELIVERIES)
    changes = {
        (each.email, event.id): event.amendments for event in known.events.values() for each in event.sign_ups.values()
    }
    for (address, event_id), times in _mails(facts, "moved").items():
        if times > (most := changes.get((address, event_id), 0)):
            detail = f"told {times} times that event {event_id} is moved, it changed {most} times"
            yield Violation(kind="double", where=_DELIVERIES, key=address, detail=detail)


def _mails(facts: Facts, kind: str) -> Counter[tuple[str, str]]:
    """By address and event."""
    return Counter(
        (facts.address_of(row["recipient_id"]), row["event_id"])
        for row in facts.deliveries.values()
        if row["kind"] == kind
    )


def _told_once(events: Iterable[Event], told: Counter[tuple[str, str]], *, where: str) -> Iterator[Violation]:
    possible = {(each.email, event.id): each.active for event in events for each in event.sign_ups.values()}
    for (address, event_id), active in possible.items():
        if active and not told[address, event_id]:
            detail = f"never told that event {event_id} is withdrawn"
            yield Violation(kind="lost", where=where, key=address, detail=detail)
    for (address, event_id), times in told.items():
        if times > 1 or (address, event_id) not in possible:
            detail = f"told {times} times that event {event_id} is withdrawn"
            yield Violation(kind="double", where=where, key=address, detail=detail)
