"""Départements, regions and their time zones."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

PARIS = "Europe/Paris"

_DEPARTEMENT_ZONES = MappingProxyType(
    {
        "971": "America/Guadeloupe",
        "972": "America/Martinique",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "976": "Indian/Mayotte",
        "977": "America/St_Barthelemy",
        "978": "America/Marigot",
        "984": "Indian/Kerguelen",
        "986": "Pacific/Wallis",
        "987": "Pacific/Tahiti",
        "988": "Pacific/Noumea",
        "989": "Etc/GMT+8",  # Clipperton: uninhabited, no IANA zone of its own
    },
)
_MARQUESAS = ("98718", "98723", "98731", "98746", "98756", "98757")
_COMMUNE_ZONES = MappingProxyType(
    {
        **dict.fromkeys(_MARQUESAS, "Pacific/Marquesas"),
        "98719": "Pacific/Gambier",
        "98413": "Indian/Reunion",
        "98414": "Antarctica/DumontDUrville",
        "98415": "Indian/Reunion",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departement:
    """
    A département, or an overseas collectivity (975, 977, 978, 98x).

    `region` is None for a collectivity: it belongs to no region.
    """

    code: str
    name: str
    region: str | None
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One of the 18 regions, with the codes of its départements."""

    code: str
    name: str
    departements: tuple[str, ...]


def departement(code: str) -> Departement | None:
    return _departements().get(code)


def region(code: str) -> Region | None:
    return _regions().get(code)


def departements() -> tuple[Departement, ...]:
    """The 101 départements and 8 collectivities, by code."""
    return tuple(_departements().values())


def regions() -> tuple[Region, ...]:
    """The 18 regions, by code."""
    return tuple(_regions().values())


def time_zone(*, departement: str, commune: str | None = None) -> str:
    """IANA name. The commune matters in French Polynesia and the southern lands, which span several zones."""
    return _COMMUNE_ZONES.get(commune or "") or _DEPARTEMENT_ZONES.get(departement, PARIS)


def name_of(territory: str) -> str | None:
    """French name of a region (`R04`) or a département (`974`), as editions write territories."""
    found = _region_of(territory) or departement(territory)
    return found.name if found else None


def covers(*, territory: str, departement: str) -> bool:
    """Whether a territory, a region (`R04`) or a département (`974`), contains that département."""
    found = _region_of(territory)
    return departement in found.departements if found else territory == departement


def _region_of(territory: str) -> Region | None:
    return region(territory[1:]) if territory.startswith("R") else None


def rows(name: str) -> list[list[str]]:
    text = (files("shared") / "data" / "territory" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


@cache
def _departements() -> dict[str, Departement]:
    known = {code for code, _ in rows("regions.tsv") if len(code) == 2}  # noqa: PLR2004 - the others repeat collectivities
    return {
        code: Departement(
            code=code, name=name, region=region if region in known else None, time_zone=time_zone(departement=code)
        )
        for code, region, name in rows("departements.tsv")
    }


@cache
def _regions() -> dict[str, Region]:
    members: dict[str, list[str]] = {}
    for each in _departements().values():
        members.setdefault(each.region or "", []).append(each.code)
    return {
        code: Region(code=code, name=name, departements=tuple(members[code]))
        for code, name in rows("regions.tsv")
        if code in members
    }
