"""Each submitted revision decided once, reviews once, each verdict taken over once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from semaine.faults.expected import Event, Expected
from semaine.faults.facts import Facts
from semaine.faults.streams import Appearance, bodies
from semaine.faults.violation import Violation, compare, compare_counts
from shared.contracts.topics import EVENTS

_WHERE = "labelling decisions"
_VERDICTS = frozenset({"labelled", "refused", "in_review"})


def judge_decisions(known: Expected, facts: Facts) -> Iterator[Violation]:
    """
    What `labelling` decided.

    The charter decides the last revision of each event once, unless it was withdrawn before; of those overtaken, each
    at most once. Of reviews there are those acknowledged, and no others.
    """
    by_charter = Counter(
        (row["event_id"], row["revision"]) for row in facts.decisions if row["decided_by"] == "charter"
    )
    for event in known.events.values():
        if not by_charter[event.id, event.revision] and not event.withdrawn:
            detail = f"revision {event.revision} was submitted, never decided"
            yield Violation(kind="lost", where=_WHERE, key=event.id, detail=detail)
    for (event_id, revision), times in by_charter.items():
        if times > 1:
            detail = f"revision {revision}: decided by the charter {times} times"
            yield Violation(kind="double", where=_WHERE, key=event_id, detail=detail)
    yield from _verdicts(known, facts)
    yield from _told(known, facts)
    yield from _reviews(known, facts)
    yield from compare_counts(
        where="labelling cases",
        what="decisions published",
        expected=Counter(row["event_id"] for row in facts.decisions),
        found=facts.cases,
    )


def _verdicts(known: Expected, facts: Facts) -> Iterator[Violation]:
    for row in facts.decisions:
        event = known.events.get(row["event_id"])
        if event is None or row["revision"] not in event.expected:
            detail = f"revision {row['revision']}: decided, never submitted"
            yield Violation(kind="double", where=_WHERE, key=row["event_id"], detail=detail)
        elif row["decided_by"] == "charter" and row["verdict"] not in event.expected[row["revision"]]:
            by_content = " or ".join(sorted(event.expected[row["revision"]]))
            detail = f"revision {row['revision']}: {row['verdict']}, by its content {by_content}"
            yield Violation(kind="differs", where=_WHERE, key=event.id, detail=detail)


def _told(known: Expected, facts: Facts) -> Iterator[Violation]:
    """Every decision is one to be told of, but the charter's on what an act has moved that changes nothing."""
    decided = sorted(facts.decisions, key=lambda row: (row["revision"], row["decided_by"] != "charter"))
    standing: dict[str, str] = {}
    for row in decided:
        before, event = standing.get(row["event_id"]), known.events.get(row["event_id"])
        standing[row["event_id"]] = row["verdict"]
        moved = event is not None and row["revision"] in event.moves and row["verdict"] != "in_review"
        if row["told"] == (moved and before == row["verdict"]):
            detail = f"revision {row['revision']}: {row['verdict']} after {before}, told: {row['told']}"
            yield Violation(kind="double" if row["told"] else "lost", where=_WHERE, key=row["event_id"], detail=detail)


def _reviews(known: Expected, facts: Facts) -> Iterator[Violation]:
    acknowledged = {
        f"{event.id} revision {revision}": (review.answer["id"], review.answer["verdict"])
        for event in known.events.values()
        for revision, review in event.reviews.items()
    }
    found = {
        f"{row['event_id']} revision {row['revision']}": (row["id"], row["verdict"])
        for row in facts.decisions
        if row["decided_by"] == "referent"
    }
    yield from compare(where="labelling reviews", what="decision, verdict", expected=acknowledged, found=found)


def judge_transitions(known: Expected, facts: Facts, appearances: Sequence[Appearance]) -> Iterator[Violation]:
    """What `registration` told of each event: each change once, each verdict at most once, the last one certainly."""
    told: dict[str, list[tuple[str, int]]] = {id_: [] for id_ in known.events}
    for body in bodies(appearances, EVENTS):
        told.setdefault(body["event"]["id"], []).append((body["change"], body["event"]["revision"]))
    decided = Counter((row["event_id"], row["verdict"], row["revision"]) for row in facts.decisions)
    for id_, changes in told.items():
        event = known.events.get(id_)
        if event is not None:  # else it is reported as surplus
            yield from _changes(event, changes)
            yield from _taken_over(event, changes, decided)


def _changes(event: Event, changes: Sequence[tuple[str, int]]) -> Iterator[Violation]:
    yield from (
        Violation(kind=each.kind, where=EVENTS.name, key=event.id, detail=f"{each.key}: {each.detail}")
        for each in compare_counts(
            where=EVENTS.name,
            what="changes told",
            expected={
                "submitted": 1,
                "amended": event.amendments,
                "withdrawn": int(event.withdrawn),
                "answered": event.answered,
                "rescheduled": len(event.moves),
                "postponed": len(event.acts) - len(event.moves),
            },
            found=Counter(change for change, _ in changes if change not in _VERDICTS),
        )
    )


def _taken_over(
    event: Event, changes: Sequence[tuple[str, int]], decided: Counter[tuple[str, str, int]]
) -> Iterator[Violation]:
    taken = Counter((change, revision) for change, revision in changes if change in _VERDICTS)
    for (verdict, revision), times in taken.items():
        if times > decided[event.id, verdict, revision]:
            detail = (
                f"revision {revision} became {verdict} {times} times, decided {decided[event.id, verdict, revision]}"
            )
            yield Violation(kind="double", where=EVENTS.name, key=event.id, detail=detail)
    if not event.withdrawn and not taken[event.status, event.revision]:
        detail = f"revision {event.revision} never became {event.status}"
        yield Violation(kind="lost", where=EVENTS.name, key=event.id, detail=detail)
