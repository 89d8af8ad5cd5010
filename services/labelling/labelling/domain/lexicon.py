"""A weighted lexicon: words and expressions that speak for a subject, or against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pydantic import Field, field_validator, model_validator

from labelling.domain.criteria.criterion import Part
from labelling.domain.text import stems

_LONGEST_TERM = 80


class Group(Part):
    """Terms of one subject and one weight; a negative weight speaks against."""

    subject: str = Field(min_length=1, max_length=80)
    weight: float = Field(ge=-10, le=10)
    terms: tuple[str, ...] = Field(min_length=1, max_length=2000)

    @field_validator("terms")
    @classmethod
    def _terms_carry_meaning(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        empty = [term for term in terms if len(term) > _LONGEST_TERM or not stems(term)]
        if empty:
            raise ValueError(f"no meaning left in {', '.join(map(repr, empty))}: remove them or write them out")
        return terms


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """An entry as the lexicon writes it; there is one of each, so that comparing them is quick."""

    text: str
    weight: float


class Lexicon(Part):
    """Groups of terms; one of weight 0 only hides the single words of an expression."""

    name: str = Field(min_length=1, max_length=64)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _weights_agree(self) -> Self:
        first: dict[tuple[str, ...], Term] = {}
        for group in self.groups:
            for text in group.terms:
                term = first.setdefault(tuple(stems(text)), Term(text=text, weight=group.weight))
                if term.weight != group.weight:
                    raise ValueError(
                        f"{text!r} ({group.weight:g}) and {term.text!r} ({term.weight:g}) have the same stems:"
                        " give both the same weight or remove one"
                    )
        return self

    @cached_property
    def _entries(self) -> Mapping[str, Sequence[tuple[list[str], Term]]]:
        """The stems of each term, by the first of them, longest first."""
        by_stems: dict[tuple[str, ...], Term] = {}
        for group in self.groups:
            for text in group.terms:
                by_stems.setdefault(tuple(stems(text)), Term(text=text, weight=group.weight))
        by_first: dict[str, list[tuple[list[str], Term]]] = {}
        for words, term in sorted(by_stems.items(), key=lambda entry: -len(entry[0])):
            by_first.setdefault(words[0], []).append((list(words), term))
        return by_first

    def matches(self, words: list[str]) -> set[Term]:
        """The terms in a list of stems; the longest expression at each place wins."""
        entries = self._entries
        matched: set[Term] = set()
        free_from = 0
        for position in [position for position, word in enumerate(words) if word in entries]:
            if position < free_from:
                continue
            for expression, term in entries[words[position]]:
                length = len(expression)
                if length == 1 or words[position : position + length] == expression:
                    matched.add(term)
                    free_from = position + length
                    break
        return matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """How much a text speaks of the lexicon's subject, from -1 to 1, and the terms that say so, weightiest first."""

    score: float
    speaking_for: tuple[str, ...]
    speaking_against: tuple[str, ...]


def relevance(
    *, lexicon: Lexicon, title: str, description: str, title_factor: float, prior: float, prior_per_word: float
) -> Relevance:
    """
    The balance of weights for and against, over their sum and a prior.

    A term counts once however often it stands there, `title_factor` times if it stands in the title. The prior is what
    a text has to outweigh: it grows with the text's length, so that one industrial word proves a short text, but not a
    page about something else.
    """
    title_words, words = stems(title), stems(description)
    in_title, in_description = lexicon.matches(title_words), lexicon.matches(words)
    weights = {term: term.weight for term in in_description} | {term: term.weight * title_factor for term in in_title}
    speaking_for = {term: weight for term, weight in weights.items() if weight > 0}
    speaking_against = {term: -weight for term, weight in weights.items() if weight < 0}
    positive, negative = sum(speaking_for.values()), sum(speaking_against.values())
    whole = positive + negative + prior + prior_per_word * (len(title_words) + len(words))
    return Relevance(
        score=(positive - negative) / whole,
        speaking_for=_weightiest(speaking_for),
        speaking_against=_weightiest(speaking_against),
    )


def _weightiest(weights: Mapping[Term, float]) -> tuple[str, ...]:
    return tuple(term.text for term in sorted(weights, key=lambda term: (-weights[term], term.text)))
