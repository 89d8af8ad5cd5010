"""Dates, amounts and lists in the words of people, in French and English."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from shared.contracts.base import Bilingual
from shared.contracts.registration import Audience, OrganiserKind, Slot, Window

_MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_SHOWN = 8
"""Items of a list that are spelt out; the others are counted."""

AUDIENCES: Mapping[Audience, Bilingual] = {
    "general_public": Bilingual(fr="grand public", en="general public"),
    "young_people": Bilingual(fr="jeunes", en="young people"),
    "jobseekers": Bilingual(fr="demandeurs d’emploi", en="jobseekers"),
    "professionals": Bilingual(fr="professionnels", en="professionals"),
    "staff_only": Bilingual(fr="personnel de l’organisateur", en="the organiser’s own staff"),
}
NUMBERS: Mapping[OrganiserKind, Bilingual] = {
    "company": Bilingual(fr="un numéro SIRET", en="a SIRET number"),
    "school": Bilingual(fr="un code UAI ou un numéro SIRET", en="a UAI code or a SIRET number"),
    "association": Bilingual(fr="un numéro RNA ou un numéro SIRET", en="an RNA number or a SIRET number"),
    "public_body": Bilingual(fr="un numéro SIRET", en="a SIRET number"),
}


@lru_cache(maxsize=4096)
def day(value: date) -> Bilingual:
    number = "1er" if value.day == 1 else str(value.day)
    return Bilingual(
        fr=f"{number} {_MONTHS_FR[value.month - 1]} {value.year}",
        en=f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}",
    )


def window(value: Window) -> Bilingual:
    return _window(value.first_day, value.last_day)


@lru_cache(maxsize=1024)
def _window(first_day: date, last_day: date) -> Bilingual:
    first, last = day(first_day), day(last_day)
    return Bilingual(fr=f"du {first.fr} au {last.fr}", en=f"from {first.en} to {last.en}")


def slot(value: Slot) -> Bilingual:
    first, last = day(value.begin.date()), day(value.end.date())
    return Bilingual(
        fr=f"du {first.fr} à {value.begin:%H:%M} au {last.fr} à {value.end:%H:%M}",
        en=f"from {first.en} at {value.begin:%H:%M} to {last.en} at {value.end:%H:%M}",
    )


def price(cents: int) -> Bilingual:
    euros, rest = divmod(cents, 100)
    amount = f"{euros}.{rest:02d}" if rest else str(euros)
    return Bilingual(fr=f"{amount.replace('.', ',')} €", en=f"€{amount}")


def listing(items: Sequence[Bilingual], *, separator: str = ", ") -> Bilingual:
    """The items one after the other; past the first few, how many more there are."""
    more = _more(len(items))
    return Bilingual(
        fr=separator.join([*(item.fr for item in items[:_SHOWN]), *more.fr]),
        en=separator.join([*(item.en for item in items[:_SHOWN]), *more.en]),
    )


def terms(items: Sequence[str]) -> Bilingual:
    """Words that are the same in both languages, one after the other as in `listing`."""
    more = _more(len(items))
    shown = ", ".join(items[:_SHOWN])
    return Bilingual(fr=", ".join([shown, *more.fr]), en=", ".join([shown, *more.en]))


class _More(NamedTuple):
    fr: tuple[str, ...]
    en: tuple[str, ...]


@lru_cache(maxsize=1024)
def _more(count: int) -> _More:
    more = count - _SHOWN
    return _More((f"et {more} de plus",), (f"and {more} more",)) if more > 0 else _More((), ())
