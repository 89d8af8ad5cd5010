"""One fault: what is done to whom, and for how long."""

from dataclasses import dataclass
from typing import Literal, get_args

from semaine.faults import members
from semaine.faults.proxy import Direction

Kind = Literal[
    "kill", "pause", "cut", "one_way_cut", "delay", "half_open", "disk_full", "clock", "leave", "join", "relay_cut",
    "rewind",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

_REST_SECONDS = 2.0
"""Between two faults of the same target."""
_REWINDING_SECONDS = 12.0
"""Until members have left a group and it takes other offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault to be injected; `at` and `hold` in seconds, `at` from the beginning."""

    kind: Kind
    targets: tuple[str, ...]
    hold: float
    number: int = 0
    at: float = 0.0
    direction: Direction | None = None
    """Of a one-way cut."""
    seconds: float = 0.0
    """How slow a link gets, or how far a clock is off."""
    topic: str = ""
    """Whose group is rewound."""

    def sentence(self) -> str:
        """What it is, for a log."""
        slow = f"{self.seconds:+.2f} s" if self.seconds else ""
        extra = "".join(f", {part}" for part in (self.direction, slow, self.topic) if part)
        return f"{self.kind} {' '.join(self.targets)} for {self.hold:.1f} s{extra}"

    def rests_at(self) -> float:
        """When its targets may be disturbed again."""
        longer = {"rewind": _REWINDING_SECONDS, "relay_cut": self.seconds}.get(self.kind, 0.0)
        return self.at + self.hold + longer + _REST_SECONDS

    def claims(self) -> frozenset[str]:
        """What must not be disturbed by another fault meanwhile."""
        link = next((target for target in self.targets if target in members.LINKS), None)
        if link is None:
            return frozenset(self.targets)
        names = [target for target in self.targets if target != link] or members.users(link)
        return frozenset(f"{link} {name}" for name in names)
