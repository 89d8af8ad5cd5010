"""The map of France by département: outlines for the mainland and Corsica, tiles for what lies overseas."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shared import territory

LEVELS = 4
"""Shades beside that of zero. A number is always told in words too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A département on the map. `outline`: an SVG path, None for a tile; `address`: where its link leads."""

    code: str
    name: str
    number: int
    level: int
    outline: str | None
    address: str | None = None
    chosen: bool = False


def areas(
    numbers: Mapping[str, int],
    *,
    address: Callable[[str], str] | None = None,
    chosen: Sequence[str] = (),
) -> list[Area]:
    """All of them, with their numbers; uninhabited ones are left out as long as nothing happens there."""
    most = max(numbers.values(), default=0)
    return [
        Area(
            code=each.code,
            name=each.name,
            number=numbers.get(each.code, 0),
            level=level(numbers.get(each.code, 0), most=most),
            outline=_outlines().get(each.code),
            address=address(each.code) if address else None,
            chosen=each.code in chosen,
        )
        for each in territory.departements()
        if each.code not in _SELDOM or numbers.get(each.code)
    ]


_SELDOM = frozenset({"984", "989"})


def level(number: int, *, most: int) -> int:
    """0 for nothing, else 1 to 4: by the square root, so that Paris does not make all others look alike."""
    return 0 if number <= 0 or most <= 0 else max(1, math.ceil(LEVELS * math.sqrt(number / most)))


@cache
def _outlines() -> dict[str, str]:
    text = (files("shared.pages") / "map" / "departements.tsv").read_text(encoding="utf-8")
    return {code: path for code, _, path in (line.partition("\t") for line in text.splitlines())}
