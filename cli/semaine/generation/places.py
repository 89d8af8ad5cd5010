"""Communes drawn by population, in the whole country or in one département."""

from bisect import bisect_left, bisect_right
from functools import cache
from itertools import accumulate
from random import Random

from shared.territory import Commune, commune, communes


def draw_commune(random: Random, *, departement: str = "") -> Commune:
    """An inhabitant's commune, each inhabitant being as likely as another."""
    codes, inhabitants = _census()
    first = bisect_left(codes, departement)
    last = bisect_right(codes, departement + "~")
    before = inhabitants[first - 1] if first else 0
    index = bisect_right(inhabitants, random.randrange(before, inhabitants[last - 1]))
    found = commune(codes[index])
    assert found is not None
    return found


@cache
def _census() -> tuple[list[str], list[int]]:
    """Codes of the communes that have postcodes and inhabitants, and the inhabitants up to each."""
    counted = [(each.code, each.population) for each in communes() if each.postcodes and each.population]
    return [code for code, _ in counted], list(accumulate(population for _, population in counted))
