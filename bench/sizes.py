"""How much of everything one run measures."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """`QUICK` is for trying out."""

    small: bool = False
    rounds: int = 3
    sign_ups: int = 800_000
    """Through the pipeline, ours and the bare one."""
    usual_sign_ups: int = 4_000
    """Through the pipeline, ours and the usual one."""
    pipeline_events: int = 2_000
    topic_messages: int = 200_000
    """On the topic that is counted."""
    connections: int = 64
    request_seconds: float = 6
    decisions: int = 20_000
    mails: int = 4_000
    webhooks: int = 4_000
    viewers: int = 5_000
    changes: int = 20
    """Of the figures that viewers look at, at each pace."""
    idle_submissions: int = 100
    paced_submissions: int = 1_000
    submissions_a_second: int = 50
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000, 5_000_000)
    growth_probe: int = 50_000
    starts: int = 3

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


FULL = Sizes()
QUICK = Sizes(
    small=True,
    rounds=1,
    sign_ups=20_000,
    usual_sign_ups=500,
    pipeline_events=200,
    topic_messages=20_000,
    request_seconds=1.5,
    decisions=4_000,
    mails=200,
    webhooks=200,
    viewers=200,
    changes=4,
    idle_submissions=5,
    paced_submissions=50,
    growth=(2_000, 10_000),
    growth_probe=2_000,
    starts=1,
)
