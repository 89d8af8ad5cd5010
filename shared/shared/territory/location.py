"""From an address, as people write it, to the territory it lies in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from shared.territory.areas import departement, time_zone
from shared.territory.communes import Commune, departement_of, of_departement, of_postcode
from shared.territory.names import spelling, without_article

_POSTCODE = re.compile(r"\d{4,5}", re.ASCII)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an address lies. `commune` is None when the postcode tells the département but the city no commune."""

    commune: Commune | None
    departement: str
    region: str | None
    """None in an overseas collectivity, which belongs to no region."""
    time_zone: str


def locate(*, postcode: str, city: str) -> Location | None:
    """
    The territory of a postcode and a city; None when the postcode is no French one.

    Tolerates case, accents, hyphens, `St`, articles, CEDEX (whose postcodes are no commune's), arrondissements
    of Paris, Lyon and Marseille, names of communes since merged, and a postcode whose leading zero a spreadsheet
    has eaten. A postcode and a city that contradict each other give the postcode's département and no commune.
    """
    digits = "".join(postcode.split())
    return _located(digits.zfill(5), city.strip()[:_LONGEST_NAME]) if _POSTCODE.fullmatch(digits) else None


@lru_cache(maxsize=4096)
def _located(postcode: str, city: str) -> Location | None:
    served = of_postcode(postcode)
    area = _departement(postcode, served)
    if area is None:
        return None
    found = _named(city, served) or _named(city, of_departement(area)) if city else _only(served)
    return _location(found, area)


def _location(found: Commune | None, area: str) -> Location | None:
    code = found.departement if found else area
    parent = departement(code)
    if parent is None:
        return None
    zone = time_zone(departement=code, commune=found.code if found else None)
    return Location(commune=found, departement=code, region=parent.region, time_zone=zone)


def _departement(postcode: str, served: list[Commune]) -> str | None:
    """Some postcodes serve communes of a neighbouring département: then their own digits decide."""
    of_communes = {each.departement for each in served}
    own = departement_of(postcode) if not postcode.startswith("20") else _of_corsica(postcode)
    if len(of_communes) == 1:
        return of_communes.pop()
    return own if departement(own) else None


def _of_corsica(postcode: str) -> str:
    return "2A" if postcode < "20200" else "2B"


def _named(city: str, among: Iterable[Commune]) -> Commune | None:
    """The one commune of that name, by its name today, then without article, then by a former name."""
    wanted = spelling(city)
    candidates = [(each, spelling(each.name)) for each in among]
    return (
        _only([each for each, name in candidates if _same(name, wanted)])
        or _only([each for each, name in candidates if _same(name, wanted, without_article)])
        or _only([each for each, _ in candidates if any(_same(spelling(old), wanted) for old in each.former_names)])
    )


def _same(one: str, other: str, reduced: Callable[[str], str] = str) -> bool:
    return reduced(one).replace(" ", "") == reduced(other).replace(" ", "")


def _only(found: list[Commune]) -> Commune | None:
    return found[0] if len(found) == 1 else None
