"""What an event says in free words, in the platform's terms. Where words say nothing, the most open answer."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from shared.contracts.registration import Audience, EventType, Theme

Name = TypeVar("Name", bound=str)

YOUNG = 30
"""Years: an event for people up to this age is for young people."""

_TYPES: Mapping[EventType, str] = {
    "virtual_reality_visit": r"realite virtuelle|visites? virtuelles?|casques? vr|360 degres|visites? (?:a )?360",
    "escape_game": r"escape",
    "job_dating": r"job ?dating|speed ?dating|job ?meeting",
    "web_conference": r"webinaires?|webinars?|web ?conferences?|visio ?conferences?|conferences? en ligne",
    "open_day": r"portes? ouvertes?|jpo",
    "trades_forum": r"forums?|salons?",
    "class_talk": r"interventions?|temoignages?|en classe",
    "company_visit": r"visites?|visiter",
    "exhibition": r"exposition|expositions|expo",
    "workshop": r"ateliers?|initiations?",
}
"""In the order of trial: a virtual visit is no company visit, and the visit of a workshop is no workshop."""

_THEMES: Mapping[Theme, str] = {
    "gender_mix": r"mixite|parite|egalite|femmes?|feminin\w*|filles",
    "recruitment": r"recrut\w*|emplois?|embauch\w*|job ?dating|alternance",
    "industry_of_the_future": r"industrie du futur|industrie 4[.,]0|robot\w*|cobot\w*|numerique|fabrication additive"
    r"|impression 3d|intelligence artificielle",
    "ecological_transition": r"transition (?:ecologique|energetique)|ecolog\w*|developpement durable|decarbon\w*"
    r"|recycl\w*|economie circulaire|energies? renouvelables?|environnement\w*",
}
_AUDIENCES: Mapping[Audience, str] = {
    "general_public": r"tout public|tous publics|grand public|familles?",
    "young_people": r"jeunes?|scolaires?|colleg\w*|lycee\w*|etudiants?|eleves?|apprenti\w*",
    "jobseekers": r"demandeurs? d.?emploi|recherche d.?emploi|chomeurs?|reconversion",
}

_AMOUNT = re.compile(r"(\d{1,5})(?:[.,](\d{1,2}))?\s*(?:€|euros?\b|eur\b)(\d{2}\b)?")
_PAID = re.compile(r"(?<!non )\b(?:payante?s?|paid)\b")
_PRICED = re.compile(r"\btarifs?\b")
_FREE = re.compile(r"\b(?:gratuite?s?|gratuitement|libre|free|sans frais|offerte?s?)\b")
_HYPHENS = re.compile("[-\\u2010-\\u2015]")


def plain(text: str) -> str:
    """Lower case without accents, hyphens as spaces."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return _HYPHENS.sub(" ", "".join(each for each in decomposed if not unicodedata.combining(each))).replace("’", "'")


def event_type(*, title: str, keywords: str) -> EventType:
    """By the title, else by the keywords; both as `plain` gives them."""
    for text in (title, keywords):
        for kind, words in _TYPES.items():
            if _has(words, text):
                return kind
    return "other"


def themes(*, title: str, keywords: str) -> list[Theme]:
    """Themes that the title or the keywords name."""
    return _named(_THEMES, f"{title} {keywords}")


def audience(*, keywords: str, age_max: int | None) -> list[Audience]:
    """By keywords and the age limit; the general public where neither restricts it."""
    found = _named(_AUDIENCES, keywords)
    if age_max is not None and age_max <= YOUNG and "young_people" not in found:
        found.append("young_people")
    return found or ["general_public"]


def price_cents(conditions: str) -> int | None:
    """
    The highest amount in euros that the conditions name.

    Without an amount: 0 for wordings of free entry and for those that say nothing of money; None where they say that
    one pays, and not how much.
    """
    text = plain(conditions)
    amounts = [Decimal(f"{euros}.{cents or after or 0}") for euros, cents, after in _AMOUNT.findall(text)]
    if amounts:
        return int(max(amounts) * 100)
    pays = _PAID.search(text) or (_PRICED.search(text) and not _FREE.search(text))
    return None if pays else 0


def _named(table: Mapping[Name, str], text: str) -> list[Name]:
    return [name for name, words in table.items() if _has(words, text)]


def _has(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text) is not None


def keywords_of(values: Iterable[str]) -> str:
    """Keywords as one text to search in."""
    return plain(" | ".join(values))
