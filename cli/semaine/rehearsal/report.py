"""What a rehearsal found, as JSON."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from semaine.audit.differences import Difference


@dataclass(kw_only=True)
class Postponement:
    """
    Figures of a postponement. Seconds from its confirmation; `preview` before it.

    `moved`: all events on their new dates. `decided`: all decided again, and the public counters say exactly that.
    `told`: all notices published. `settled`: all mails and webhooks taken.
    """

    events: int = 0
    people: int = 0
    kept: int = 0
    lost: int = 0
    regained: int = 0
    emails: int = 0
    webhooks: int = 0
    preview_seconds: float = 0.0
    moved_seconds: float = 0.0
    decided_seconds: float = 0.0
    told_seconds: float = 0.0
    settled_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The published shape."""
        names = ("preview", "moved", "decided", "told", "settled")
        return {
            "events": self.events,
            "people": self.people,
            "labels": {"kept": self.kept, "lost": self.lost, "regained": self.regained},
            "notices": {"email": self.emails, "webhook": self.webhooks},
            "seconds": {name: round(getattr(self, f"{name}_seconds"), 2) for name in names},
        }


@dataclass(kw_only=True)
class Report:
    """
    Figures of a rehearsal. Seconds from the first request: `total` to the end of the audit.

    Memory in MB, the largest process of each service.
    """

    begun: float = field(default_factory=time.monotonic)
    """When the first request was sent, by the monotonic clock."""
    submitted: int = 0
    labelled: int = 0
    refused: int = 0
    in_review: int = 0
    rejected: int = 0
    """Rows that the imports did not take: none, as generated."""
    people: int = 0
    messages: int = 0
    emails: int = 0
    webhooks: int = 0
    import_seconds: float = 0.0
    settle_seconds: float = 0.0
    total_seconds: float = 0.0
    peak_rss_mb: dict[str, float] = field(default_factory=dict)
    postponement: Postponement | None = None
    differences: list[Difference] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.differences

    def audited(self, differences: list[Difference]) -> None:
        """Take over what the audit found; the time ends here."""
        self.differences = differences
        self.total_seconds = time.monotonic() - self.begun

    def as_json(self) -> dict[str, Any]:
        """The published shape of the report."""
        kinds = [difference.kind for difference in self.differences]
        postponement = {"postponement": self.postponement.as_json()} if self.postponement else {}
        return {
            "events": {
                "submitted": self.submitted,
                "labelled": self.labelled,
                "refused": self.refused,
                "in_review": self.in_review,
            },
            "participations": {"people": self.people, "messages": self.messages},
            "notices": {"email": self.emails, "webhook": self.webhooks},
            "seconds": {
                "import": round(self.import_seconds, 2),
                "settle": round(self.settle_seconds, 2),
                "total": round(self.total_seconds, 2),
            },
            "messages_per_second": round(self.messages / self._moving_seconds) if self._moving_seconds else 0,
            "peak_rss_mb": self.peak_rss_mb,
            **postponement,
            "audit": {
                "lost": kinds.count("lost"),
                "double": kinds.count("double"),
                "differences": [asdict(difference) for difference in self.differences],
            },
        }

    @property
    def _moving_seconds(self) -> float:
        """Until everything had come to rest."""
        return self.import_seconds + self.settle_seconds
