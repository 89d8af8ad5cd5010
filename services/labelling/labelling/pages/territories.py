"""Territories as the committee's pages name them."""

from collections.abc import Iterable

from labelling.reviews.service_level import Level
from shared import territory


def name(code: str | None) -> str:
    """Like `67 – Bas-Rhin`; empty for none."""
    found = territory.departement(code) if code else None
    return f"{code} – {found.name}" if found else code or ""


def waiting(levels: Iterable[Level]) -> list[tuple[str, int]]:
    """The départements that have something to decide, and how much."""
    return [(each.departement, each.open) for each in levels if each.departement and each.open]
