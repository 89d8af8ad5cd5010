"""Where in a text the terms stand that a criterion has found, by the same stems that it was found by."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from labelling.domain.text import stems
from shared.contracts.labelling import CriterionResult

Speaks = Literal["for", "against"]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, and what it speaks; None for what lies between."""

    text: str
    speaks: Speaks | None = None


@dataclass(frozen=True, slots=True)
class Word:
    stem: str
    begin: int
    end: int


def terms(criteria: Iterable[CriterionResult]) -> dict[str, Speaks]:
    """What was found for the subject and, with a minus, against it; phrases that speak of a price are against."""
    found: dict[str, Speaks] = {}
    for each in criteria:
        if each.criterion == "relevance":
            found |= {term.removeprefix("-"): "against" if term.startswith("-") else "for" for term in each.found}
        if each.criterion == "free_of_charge" and each.outcome == "doubtful":
            found |= dict.fromkeys(each.found, "against")
    return found


def pieces(text: str, found: dict[str, Speaks]) -> list[Piece]:
    """The whole text, cut where terms begin and end; the longest expression at each place wins, as in the lexicon."""
    text = unicodedata.normalize("NFC", text)
    cut: list[Piece] = []
    at = 0
    for begin, end, speaks in _places(text, found):
        cut += [Piece(text[at:begin]), Piece(text[begin:end], speaks)]
        at = end
    return [piece for piece in (*cut, Piece(text[at:])) if piece.text]


def _places(text: str, found: dict[str, Speaks]) -> Iterator[tuple[int, int, Speaks]]:
    expressions = sorted(((stems(term), speaks) for term, speaks in found.items()), key=lambda each: -len(each[0]))
    words = [Word(stem, match.start(), match.end()) for match in _WORD.finditer(text) for stem in stems(match[0])[:1]]
    free_from = 0
    for position in range(len(words)):
        if position < free_from:
            continue
        for expression, speaks in expressions:
            here = words[position : position + len(expression)]
            if expression and [word.stem for word in here] == expression:
                yield here[0].begin, here[-1].end, speaks
                free_from = position + len(expression)
                break
