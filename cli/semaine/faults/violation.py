"""What a verdict finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

ViolationKind = Literal["lost", "double", "differs", "gap", "order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    One promise broken.

    `lost`: what was acknowledged has left no trace. `double`: an effect came too often, or nobody asked for it.
    `differs`: it says something else. `gap`, `order`: sequences of a stream. `where`: service and table, topic, or
    receiver. `key`: whose. `message_ids`: what to look for in topics and logs.
    """

    kind: ViolationKind
    where: str
    key: str
    detail: str
    message_ids: tuple[str, ...] = ()


def compare(
    *, where: str, what: str, expected: Mapping[str, object], found: Mapping[str, object]
) -> Iterator[Violation]:
    """Value by value: what is missing is lost, what nobody asked for is double, what is unequal differs."""
    for key, value in expected.items():
        if key not in found:
            yield Violation(kind="lost", where=where, key=key, detail=f"{what}: expected {value!r}, found nothing")
        elif found[key] != value:
            detail = f"{what}: expected {value!r}, found {found[key]!r}"
            yield Violation(kind="differs", where=where, key=key, detail=detail)
    for key in found.keys() - expected.keys():
        detail = f"{what}: expected nothing, found {found[key]!r}"
        yield Violation(kind="double", where=where, key=key, detail=detail)


def compare_counts(
    *, where: str, what: str, expected: Mapping[str, int], found: Mapping[str, int]
) -> Iterator[Violation]:
    """How often something was done: less is lost, more is double."""
    for key in sorted(expected.keys() | found.keys()):
        wanted, seen = expected.get(key, 0), found.get(key, 0)
        if seen != wanted:
            kind: ViolationKind = "lost" if seen < wanted else "double"
            yield Violation(kind=kind, where=where, key=key, detail=f"{what}: expected {wanted}, found {seen}")
