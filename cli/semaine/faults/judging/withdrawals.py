"""Withdrawals: each guest hears of one, once; by a notice of the act that was answered with it, or by a mail."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from semaine.faults.expected import Event, Expected
from semaine.faults.facts import Facts
from semaine.faults.streams import Appearance, bodies
from semaine.faults.violation import Violation
from shared.contracts.topics import NOTICES


def judge_withdrawals(known: Expected, facts: Facts, appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """Whoever still holds a place must have heard it; whoever gave it up may have, if they did so later."""
    withdrawn = [event for event in known.events.values() if event.withdrawn]
    by_act = Counter(
        (facts.address_of(body["notice"]["recipient_id"]), sign_up["event_id"])
        for body in bodies(appearances, NOTICES)
        if body["change"] == "lapsed"
        for sign_up in body["notice"]["sign_ups"]
    )
    yield from _told_once([event for event in withdrawn if event.declined], by_act, where=NOTICES.name)
    by_mail = Counter(
        (facts.address_of(row["recipient_id"]), row["event_id"])
        for row in facts.deliveries.values()
        if row["kind"] == "called_off"
    )
    undeclined = [event for event in withdrawn if not event.declined]
    yield from _told_once(undeclined, by_mail, where="notifications deliveries")


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
