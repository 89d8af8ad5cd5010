"""Organisers: companies, schools, associations and public bodies, each at home somewhere."""

from dataclasses import dataclass
from random import Random
from typing import Any

from semaine.generation import french, registers
from semaine.generation.material import material
from semaine.generation.places import draw_commune
from shared.territory import Commune, departement

_KINDS = {"company": 62, "school": 19, "association": 10, "public_body": 9}
_LA_POSTE_SHARE = 0.02
_ENGLISH_SHARE = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Organiser:
    kind: str
    name: str
    subject: str
    """The organiser as a sentence begins with it."""
    domain: str
    sector: str
    home: Commune
    postcode: str
    address: str
    row: dict[str, Any]
    """`organiser` of an import row."""


class Organisers:
    """Draws organisers, no two with the same name, domain or number."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def draw(self, *, impossible_siret: bool = False) -> Organiser:
        """A new one; with `impossible_siret`, a company whose number fails its check."""
        random = self._random
        kind = "company" if impossible_siret else random.choices(list(_KINDS), list(_KINDS.values()))[0]
        la_poste = kind == "company" and not impossible_siret and random.random() < _LA_POSTE_SHARE
        sectors = material("sectors")
        sector = (
            "robotique" if la_poste else random.choices(list(sectors), [each["weight"] for each in sectors.values()])[0]
        )
        home = draw_commune(random)
        name, subject = _la_poste(home) if la_poste else self._named(kind, sector, home)
        domain = self._domain(name)
        number = self._number(kind, home, la_poste=la_poste)
        if impossible_siret:
            number = {"siret": registers.impossible(number["siret"])}
        return Organiser(
            kind=kind,
            name=name,
            subject=subject,
            domain=domain,
            sector=sector,
            home=home,
            postcode=random.choice(home.postcodes),
            address=draw_address(random),
            row={"kind": kind, "name": name, **number, **self._contact(domain)},
        )

    def _named(self, kind: str, sector: str, home: Commune) -> tuple[str, str]:
        random, names = self._random, material("names")
        template, as_subject = random.choice(names["organisers"][kind])
        brand, brand2 = random.sample(material("sectors")[sector]["brands"], 2)
        area = departement(home.departement)
        name = template.format(
            brand=brand,
            brand2=brand2,
            family=random.choice(names["families"]),
            figure=random.choice(names["figures"]),
            of_city=french.of(home.name),
            departement=area.name if area else home.departement,
        )
        if french.slug(name) in self._taken:
            name = f"{name} ({home.name} {len(self._taken)})"
        return name, as_subject.format(name=name, lower=french.uncapital(name))

    def _domain(self, name: str) -> str:
        label = french.slug(name)
        if label in self._taken:
            label = f"{label}-{len(self._taken)}"
        self._taken.add(label)
        return f"{label}.example"

    def _number(self, kind: str, home: Commune, *, la_poste: bool) -> dict[str, str]:
        random = self._random
        while True:
            if la_poste:
                number = {"siret": registers.siret_of_la_poste(random)}
            elif kind == "school":
                number = {"uai": registers.uai(random, departement=home.departement)}
            elif kind == "association":
                number = {"rna": registers.rna(random, departement=home.departement)}
            else:
                number = {"siret": registers.siret(random, public=kind == "public_body")}
            (value,) = number.values()
            if value not in self._taken:
                self._taken.add(value)
                return number

    def _contact(self, domain: str) -> dict[str, str]:
        random, names = self._random, material("names")
        return {
            "email": f"contact@{domain}",
            "contact_name": f"{random.choice(names['given'])} {random.choice(names['families'])}",
            "phone": registers.phone(random),
            "language": "en" if random.random() < _ENGLISH_SHARE else "fr",
        }


def draw_address(random: Random) -> str:
    return f"{random.randrange(1, 180)} {random.choice(material('names')['streets'])}"


def _la_poste(home: Commune) -> tuple[str, str]:
    name = f"La Poste, plateforme industrielle courrier {french.of(home.name)}"
    return name, f"La plateforme industrielle courrier de La Poste {french.at(home.name)}"
