"""What another charter would make of events that are decided: compared one by one, counted as it goes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.contracts.labelling import CriterionResult, DecisionState, Verdict

Outcome = Literal["met", "doubtful", "unmet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A criterion that says something else; None where a charter has no such criterion."""

    criterion: str
    before: Outcome | None
    after: Outcome | None


def moves(before: Sequence[CriterionResult], after: Sequence[CriterionResult]) -> list[Move]:
    """The criteria whose outcome differs."""
    was = {each.criterion: each.outcome for each in before}
    becomes = {each.criterion: each.outcome for each in after}
    return [
        Move(criterion=name, before=was.get(name), after=becomes.get(name))
        for name in dict.fromkeys([*was, *becomes])
        if was.get(name) != becomes.get(name)
    ]


@dataclass(slots=True)
class Totals:
    """Of as many events as one likes, in a few numbers."""

    events: int = 0
    undecided: int = 0
    changed: int = 0
    open: int = 0
    open_changed: int = 0
    verdicts: Counter[tuple[Verdict | None, Verdict]] = field(default_factory=Counter)
    criteria: Counter[tuple[str, Outcome | None, Outcome | None]] = field(default_factory=Counter)

    def add(self, *, before: DecisionState | None, after: DecisionState, is_open: bool) -> bool:
        """Count an event; whether its verdict would be another one."""
        changed = before is not None and before.verdict != after.verdict
        self.events += 1
        self.undecided += before is None
        self.changed += changed
        self.open += is_open
        self.open_changed += is_open and changed
        self.verdicts[before.verdict if before else None, after.verdict] += 1
        if before is not None:
            self.criteria.update(
                (each.criterion, each.before, each.after) for each in moves(before.criteria, after.criteria)
            )
        return changed
