"""Territories as lists offer them."""

from shared import territory


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each region's name with itself (`R04`) and its départements (`974`); last, without a name, collectivities."""
    found = [
        (each.name, [(f"R{each.code}", each.name), *((code, _name(code)) for code in each.departements)])
        for each in sorted(territory.regions(), key=lambda each: each.name)
    ]
    collectivities = [(each.code, _name(each.code)) for each in territory.departements() if each.region is None]
    return [*found, ("", collectivities)]


def _name(code: str) -> str:
    found = territory.departement(code)
    return f"{code} – {found.name}" if found else code
