"""A row of any format in the platform's own terms, before validation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.base import Bilingual


@dataclass(slots=True, kw_only=True)
class Mapped:
    """`content` and `organiser` as EventContent and OrganiserContent want them; what the format lacks is left out."""

    content: dict[str, Any]
    organiser: Any = None
    withdrawn: bool = False
    faults: dict[str, Bilingual] = field(default_factory=dict)
    """By column, why its value could not be mapped."""
    column_of: Callable[[str], str] = str
    """From a dotted field of the platform's (`place.postcode`) to what the file calls it."""
