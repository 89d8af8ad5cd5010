"""Events: what organisers would submit, as rows of a bulk import."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from semaine.generation import schedule, texts
from semaine.generation.editions import Edition, windows
from semaine.generation.faults import EXPECTED, Fault, Verdict
from semaine.generation.material import material
from semaine.generation.organisers import Organiser, Organisers, draw_address
from semaine.generation.places import draw_commune
from semaine.generation.plan import Programme, programmes
from shared.territory import Commune

_AT_HOME = 0.75
_MIXED_SHARE = 0.25
_SCHOOLS = ("Collège {figure}", "Lycée {figure}")
_THEME_COUNTS = {0: 35, 1: 40, 2: 20, 3: 5}
_THEMES = {"recruitment": 36, "industry_of_the_future": 26, "ecological_transition": 18, "gender_mix": 20}
_PRICES = (300, 500, 550, 800, 1000, 1500)
_ACCESSIBILITY = {"hi": 0.15, "vi": 0.1, "pi": 0.15, "mi": 0.45, "ii": 0.15}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedEvent:
    """A row in the NDJSON import format, and, kept apart from it, what must become of it."""

    row: dict[str, Any]
    expected: Verdict
    fault: Fault | None


def generate_events(*, events: int, seed: int, edition: Edition) -> Iterator[GeneratedEvent]:
    """
    As many events, by about an eighth as many organisers, one event in eight with exactly one fault.

    The same arguments give the same events. References are unique in the whole edition: `S<seed>-<number>`.
    """
    random = Random(f"events {seed}")  # noqa: S311 - wants to be repeatable
    organisers = Organisers(random)
    number = 0
    for programme in programmes(random, events=events):
        author = _Author(random, organisers.draw(impossible_siret=programme.impossible_siret), edition)
        for event in author.events(programme):
            number += 1
            event.row["reference"] = f"S{seed}-{number:06d}"
            yield event


class _Author:
    """Writes the events of one organiser, no two alike unless a duplicate is wanted."""

    def __init__(self, random: Random, organiser: Organiser, edition: Edition) -> None:
        self._random = random
        self._organiser = organiser
        self._edition = edition
        self._faultless: list[dict[str, Any]] = []
        self._used: Counter[str] = Counter()
        self._appointments: set[tuple[str, datetime]] = set()

    def events(self, programme: Programme) -> Iterator[GeneratedEvent]:
        for fault in programme.faults:
            row = dict(self._random.choice(self._faultless)) if fault == "duplicate" else self._written(fault)
            if fault is None:
                self._faultless.append(row)
            yield GeneratedEvent(row=dict(row), expected=EXPECTED[fault], fault=fault)

    def _written(self, fault: Fault | None) -> dict[str, Any]:
        random = self._random
        weights = material("types")["by_organiser"][self._organiser.kind]
        name = "other" if fault == "off_topic" else random.choices(list(weights), list(weights.values()))[0]
        kind = material("types")[name]
        themes = [] if fault == "off_topic" else _themes(random, name)
        place, city, slots = self._appointment(name, kind, fault)
        title, description = self._text(fault, city, kind, themes, online=place["mode"] == "online")
        return {
            "reference": "",
            "organiser": self._organiser.row,
            "title": title,
            "description": description,
            "type": name,
            "themes": themes,
            "audience": _audience(random, kind, fault),
            "price_cents": random.choice(_PRICES) if fault == "paid" else 0,
            "slots": schedule.as_row(slots),
            "place": place,
            "capacity": _capacity(random, kind),
            "accessibility": [code for code, share in _ACCESSIBILITY.items() if random.random() < share],
        }

    def _text(
        self, fault: Fault | None, city: Commune, kind: dict[str, Any], themes: list[str], *, online: bool
    ) -> tuple[str, str]:
        if fault == "off_topic":
            title, description = texts.off_topic(self._random, city=city)
        else:
            title, description = texts.industrial(
                self._random, organiser=self._organiser, city=city, kind=kind, themes=themes, online=online
            )
        if fault == "too_short":
            description = texts.too_short(self._random)
        return self._unlike(title), self._unlike(description)

    def _unlike(self, text: str) -> str:
        """The text, numbered if the organiser has used it before."""
        self._used[text] += 1
        return text if self._used[text] == 1 else f"{text} ({self._used[text]})"

    def _appointment(
        self, name: str, kind: dict[str, Any], fault: Fault | None
    ) -> tuple[dict[str, Any], Commune, list[schedule.Slot]]:
        """A place and times that none of the organiser's other events has."""
        while True:
            place, city = self._place(name)
            week, label_window = windows(self._edition, departement=city.departement)
            slots = schedule.draw_slots(self._random, kind=kind, week=week, label_window=label_window)
            if fault == "outside_window":
                slots = schedule.outside(self._random, slots, label_window=label_window)
            taken = {(f"{place['address']} {place['postcode']}", begin) for begin, _ in slots}
            if not taken & self._appointments:
                self._appointments |= taken
                return place, city, slots

    def _place(self, name: str) -> tuple[dict[str, Any], Commune]:
        random, organiser = self._random, self._organiser
        url = f"https://visio.{organiser.domain}/{random.randrange(16**6):06x}"
        if name == "web_conference":
            online = {"mode": "online", "name": "En ligne", "address": "", "postcode": organiser.postcode}
            return online | {"city": organiser.home.name, "url": url}, organiser.home
        if name != "class_talk" and random.random() < _AT_HOME:
            city, postcode, address, venue = organiser.home, organiser.postcode, organiser.address, organiser.name
        else:
            city = draw_commune(random, departement=organiser.home.departement)
            postcode, address = random.choice(city.postcodes), draw_address(random)
            names = material("names")
            venues = _SCHOOLS if name == "class_talk" else names["venues"]
            venue = random.choice(venues).format(figure=random.choice(names["figures"]))
        place = {"mode": "onsite", "name": venue, "address": address, "postcode": postcode, "city": city.name}
        if name == "virtual_reality_visit" and random.random() < _MIXED_SHARE:
            place |= {"mode": "mixed", "url": url}
        return place, city


def _themes(random: Random, name: str) -> list[str]:
    count = random.choices(list(_THEME_COUNTS), list(_THEME_COUNTS.values()))[0]
    drawn = ["recruitment"] if name == "job_dating" else []
    drawn += random.choices(list(_THEMES), list(_THEMES.values()), k=count)
    return list(dict.fromkeys(drawn))


def _audience(random: Random, kind: dict[str, Any], fault: Fault | None) -> list[str]:
    if fault == "closed_audience":
        return [random.choice(("professionals", "staff_only"))]
    open_to: list[str] = kind["audiences"]
    return sorted(random.sample(open_to, random.randint(1, len(open_to))), key=open_to.index)


def _capacity(random: Random, kind: dict[str, Any]) -> int | None:
    limits = kind["capacity"]
    return random.randint(limits["smallest"], limits["largest"]) if random.random() < limits["share"] else None
