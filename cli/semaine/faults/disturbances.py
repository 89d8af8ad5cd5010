"""What the nemesis did to the system, and when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """One injected fault. Times are aware UTC; `healed` is when it was taken back."""

    number: int
    kind: str
    """kill, pause, cut, one_way_cut, delay, half_open, clock, join, leave, rewind, relay_cut …"""
    targets: tuple[str, ...]
    """Process or link names: "registration-1", "kafka", "postgresql", "mail", "partner", "link:kafka" …"""
    begun: datetime
    healed: datetime
