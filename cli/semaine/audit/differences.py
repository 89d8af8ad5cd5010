"""What an audit finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    One difference between the truth and a consequence.

    `lost`: the consequence is missing. `double`: it is there too often. `differs`: it says something else.
    `where`: service and table or topic. `key`: whose, to follow it by. `detail`: what was expected and what was found.
    """

    kind: Literal["lost", "double", "differs"]
    where: str
    key: str
    detail: str


def compare(*, where: str, truth: Mapping[str, object], found: Mapping[str, object]) -> Iterator[Difference]:
    """Compare value by value: what is missing is lost, what is too many is double, what is unequal differs."""
    for key, expected in truth.items():
        if key not in found:
            yield Difference(kind="lost", where=where, key=key, detail=f"expected {expected!r}, found nothing")
        elif found[key] != expected:
            yield Difference(
                kind="differs", where=where, key=key, detail=f"expected {expected!r}, found {found[key]!r}"
            )
    for key in found.keys() - truth.keys():
        yield Difference(kind="double", where=where, key=key, detail=f"expected nothing, found {found[key]!r}")


def compare_counts(
    *, where: str, what: str, truth: Mapping[str, int], found: Mapping[str, int]
) -> Iterator[Difference]:
    """Compare how often something was done: less is lost, more is double."""
    for key in truth.keys() | found.keys():
        expected, seen = truth.get(key, 0), found.get(key, 0)
        if seen != expected:
            kind: Literal["lost", "double"] = "lost" if seen < expected else "double"
            yield Difference(kind=kind, where=where, key=key, detail=f"{what}: expected {expected}, found {seen}")
