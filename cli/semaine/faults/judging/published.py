"""The last state of the public topics: the catalogue and the counters."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import orjson

from semaine.faults.expected import Event, Expected
from semaine.faults.expected.editions import moved
from semaine.faults.facts import Facts
from semaine.faults.judging.counters import Tallies
from semaine.faults.streams import Appearance
from semaine.faults.violation import Violation, compare
from shared.contracts.topics import CATALOGUE, COUNTERS

_NOT_AT_ALL = timedelta()


def judge_catalogue(known: Expected, facts: Facts, appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """Labelled events as they stand, and no others."""
    last = _last(appearances, CATALOGUE.name)
    found = {key: _shown(body) for key, body in last.items() if body is not None}
    labelled = {id_: _stands(event) for id_, event in known.events.items() if event.status == "labelled"}
    yield from compare(where=CATALOGUE.name, what="revision, title, capacity, slots", expected=labelled, found=found)
    listed = {id_: True for id_, row in facts.events.items() if row["in_catalogue"]}
    yield from compare(
        where="registration events", what="in the catalogue", expected=dict.fromkeys(labelled, True), found=listed
    )


def published_counters(appearances: Sequence[Appearance], *, edition_id: str) -> Tallies:
    """The last tallies of each dimension on the counters' topic."""
    prefix = f"{edition_id}/"
    return {
        key.removeprefix(prefix): {
            tally["value"]: (tally["events"], tally["announced"], tally["actual"])
            for tally in orjson.loads(body)["counter"]["tallies"]
        }
        for key, body in _last(appearances, COUNTERS.name).items()
        if body is not None and key.startswith(prefix)
    }


def _last(appearances: Sequence[Appearance], topic: str) -> dict[str, bytes | None]:
    """The body of the highest sequence of each key."""
    highest: dict[str, Appearance] = {}
    for each in appearances:
        if each.topic == topic and (each.key not in highest or highest[each.key].sequence < each.sequence):
            highest[each.key] = each
    return {key: each.body for key, each in highest.items()}


def _shown(body: bytes) -> tuple[object, ...]:
    event = orjson.loads(body)["event"]
    return event["revision"], event["title"], event.get("capacity"), moved(event["slots"], _NOT_AT_ALL)


def _stands(event: Event) -> tuple[object, ...]:
    content = event.content
    return event.revision, content["title"], content["capacity"], moved(content["slots"], _NOT_AT_ALL)
