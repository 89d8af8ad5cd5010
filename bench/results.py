"""What a run found, as it is kept in JSON and told on the page."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bench.contest import Samples

Better = Literal["higher", "lower"]


@dataclass(kw_only=True)
class Row:
    """One line of the table: ours beside a peer's, and the goal."""

    name: str
    measure: str = ""
    work: str
    unit: str
    ours: float
    goal: str
    met: bool
    peer_name: str = ""
    peer: float | None = None
    ratio: float | None = None
    """Ours to the peer's: above 1, ours is faster (for rates) or slower (for times)."""
    details: dict[str, Any] = field(default_factory=dict)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seconds: float = 0.0
    small: bool | None = None
    """Measured at the sizes of `--quick`, which says little about speed."""

    def as_json(self) -> dict[str, Any]:
        return {name: _rounded(value) for name, value in asdict(self).items() if value not in ("", None, {})}


def kept(contenders: dict[str, Samples]) -> dict[str, list[dict[str, Any]]]:
    """Every sample with its conditions, disturbed ones too."""
    return {
        name: [
            {"value": _rounded(sample.reading.value), **asdict(sample.conditions), "quiet": sample.conditions.quiet}
            | {"details": _rounded(sample.reading.details)}
            for sample in samples.all
        ]
        for name, samples in contenders.items()
    }


def _rounded(value: Any) -> Any:
    """Four significant figures are more than a measurement holds."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return value
