"""The counters of the edition against what the ledger's operations add up to."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from semaine.faults.expected import Event, Expected
from semaine.faults.violation import Violation, compare

Tallies = Mapping[str, Mapping[str, tuple[int, int, int]]]
"""Events, people announced, people who came; by dimension and value."""
_IN_PROGRAMME = frozenset({"submitted", "in_review", "labelled"})


def judge_counters(known: Expected, *, published: Tallies, where: str) -> Iterator[Violation]:
    """The total and what each status, type and occurrence of events have."""
    for dimension, tallies in figures(known).items():
        yield from (
            Violation(kind=each.kind, where=each.where, key=f"{dimension} {each.key}", detail=each.detail)
            for each in compare(
                where=where,
                what="events, announced, actual",
                expected=tallies,
                found={value: tuple(tally) for value, tally in published.get(dimension, {}).items()},
            )
        )


def figures(known: Expected) -> dict[str, dict[str, tuple[int, int, int]]]:
    """As `stats` publishes them; events out of the programme count by their status alone."""
    counted = [each for each in known.events.values() if each.status in _IN_PROGRAMME]
    return {
        "total": {"all": _tally(counted)},
        "status": _grouped(list(known.events.values()), lambda event: event.status),
        "type": _grouped(counted, lambda event: event.content["type"]),
        "occurrence": _grouped(counted, lambda event: event.occurrence),
    }


def _grouped(events: list[Event], value: Any) -> dict[str, tuple[int, int, int]]:
    values = Counter(value(event) for event in events)
    return {each: _tally([event for event in events if value(event) == each]) for each in values}


def _tally(events: list[Event]) -> tuple[int, int, int]:
    return (len(events), sum(each.announced for each in events), sum(each.actual or 0 for each in events))
