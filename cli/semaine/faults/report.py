"""What a run of the ledger test found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from semaine.faults.disturbances import Disturbance
from semaine.faults.keeper import Death
from semaine.faults.nemesis.fault import Kind
from semaine.faults.violation import Violation


@dataclass(kw_only=True)
class Report:
    """Filled in as the run goes on."""

    seed: int
    minutes: float
    kinds: Sequence[Kind]
    operations: dict[str, int] = field(default_factory=dict)
    """By what the writers know of them."""
    disturbances: list[Disturbance] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    """Numbers of disturbances that other faults kept from being whole."""
    deaths: list[Death] = field(default_factory=list)
    """Processes that ended by themselves and were started again."""
    settle_seconds: float = 0.0
    compared: dict[str, int] = field(default_factory=dict)
    """Messages, mails and webhooks that were compared, and how many came again under their ids."""
    hung: list[str] = field(default_factory=list)
    """What had not come back long after everything was healed."""
    violations: list[Violation] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.violations and not self.hung

    def verdict(self) -> str:
        """The last line."""
        done = f"{len(self.disturbances)} faults, {self.operations.get('operations', 0)} operations, seed {self.seed}"
        if self.clean:
            return f"Clean: lost 0, double 0, every figure as it should be ({done})"
        kinds = Counter(violation.kind for violation in self.violations)
        found = [*(f"{kind} {count}" for kind, count in sorted(kinds.items())), *self.hung]
        return f"Violated: {', '.join(found)} ({done})"

    def as_json(self) -> dict[str, object]:
        """For programs; times in ISO 8601."""
        return {
            "verdict": self.verdict(),
            "clean": self.clean,
            "seed": self.seed,
            "minutes": self.minutes,
            "kinds": list(self.kinds),
            "faults": dict(Counter(each.kind for each in self.disturbances)),
            "operations": self.operations,
            "compared": self.compared,
            "hung": self.hung,
            "violations": [asdict(violation) for violation in self.violations],
            "settle_seconds": round(self.settle_seconds, 1),
            "missed": self.missed,
            "deaths": [asdict(death) | {"at": death.at.isoformat()} for death in self.deaths],
            "disturbances": [
                asdict(each) | {"begun": each.begun.isoformat(), "healed": each.healed.isoformat()}
                for each in self.disturbances
            ],
        }
