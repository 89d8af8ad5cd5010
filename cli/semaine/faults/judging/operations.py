"""Whether every operation got an answer that the API promises."""

from collections.abc import Iterator

from semaine.faults.expected import Expected
from semaine.faults.ledger import Ledger
from semaine.faults.violation import Violation


def judge_operations(ledger: Ledger, known: Expected) -> Iterator[Violation]:
    """Nothing is unknown at the end, nothing was answered that no caller should get, nothing reviewed twice."""
    for operation in ledger.unknown():
        detail = f"{operation.method} {operation.path}: no answer after {operation.attempts} attempts"
        yield Violation(kind="lost", where="HTTP", key=operation.key, detail=detail)
    for operation in ledger.operations:
        for oddity in operation.oddities:
            detail = f"{operation.method} {operation.path}: {oddity}"
            yield Violation(kind="differs", where="HTTP", key=operation.key, detail=detail)
    for review in known.second_reviews:
        detail = f"revision {review.answer['revision']} of event {review.event_id} was reviewed before"
        yield Violation(kind="double", where="HTTP", key=review.key, detail=detail)
