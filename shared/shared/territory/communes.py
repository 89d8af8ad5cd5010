"""The 34,969 communes, kept as lines of text and parsed one by one when asked for."""

import gzip
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PARIS, LYON, MARSEILLE = "75056", "69123", "13055"
_ARRONDISSEMENTS = (("751", PARIS), ("6938", LYON), ("132", MARSEILLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    code: str
    name: str
    departement: str
    population: int
    """Inhabitants; 0 where none are counted."""
    postcodes: tuple[str, ...]
    former_names: tuple[str, ...]
    """Communes merged into this one, whose names people still write."""


def commune(code: str) -> Commune | None:
    """By INSEE code; that of a municipal arrondissement (75101) gives its city."""
    found = _with_code(code)
    if found is None and (city := _city_of(code)):
        found = _with_code(city)
    return found


def communes() -> Iterator[Commune]:
    """All of them, by code."""
    return map(_parsed, _lines())


def of_postcode(postcode: str) -> list[Commune]:
    lines = _lines()
    return [_parsed(lines[index]) for index in _postcodes().get(postcode, ())]


def of_departement(departement: str) -> Iterator[Commune]:
    lines = _lines()
    for index in range(bisect_left(lines, departement), len(lines)):
        if not lines[index].startswith(departement):
            return
        yield _parsed(lines[index])


def departement_of(code: str) -> str:
    """Département of a commune's code."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def _with_code(code: str) -> Commune | None:
    lines = _lines()
    index = bisect_left(lines, code + "\t")
    return _parsed(lines[index]) if index < len(lines) and lines[index].startswith(code + "\t") else None


def _city_of(code: str) -> str | None:
    return next((city for start, city in _ARRONDISSEMENTS if len(code) == len(city) and code.startswith(start)), None)


def _parsed(line: str) -> Commune:
    code, name, population, postcodes, former = line.split("\t")
    return Commune(
        code=code,
        name=name,
        departement=departement_of(code),
        population=int(population),
        postcodes=tuple(postcodes.split()),
        former_names=tuple(former.split("|")) if former else (),
    )


@cache
def _lines() -> list[str]:
    packed = (files("shared") / "data" / "territory" / "communes.tsv.gz").read_bytes()
    return gzip.decompress(packed).decode().splitlines()


@cache
def _postcodes() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, line in enumerate(_lines()):
        for postcode in line.split("\t", 4)[3].split():
            found.setdefault(postcode, []).append(index)
    return found
