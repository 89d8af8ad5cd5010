"""Official criterion 4: free of charge."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding, Part
from labelling.domain.text import folded
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState


class Parameters(Part):
    doubtful_phrases: tuple[str, ...] = Field(
        default=(), max_length=200, description="Words that speak of a price in an event declared free"
    )

    @cached_property
    def folded_phrases(self) -> tuple[str, ...]:
        return tuple(folded(phrase) for phrase in self.doubtful_phrases)


class FreeOfCharge(Criterion):
    """Price zero: met. Price zero, but the text speaks of a price: doubtful. A price: unmet."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset(),
        "doubtful": frozenset({"phrases"}),
        "unmet": frozenset({"price"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "doubtful": Bilingual(
            fr="Retirez du titre et du texte ce qui parle d’un prix : {phrases}.",
            en="Remove from title and text what speaks of a price: {phrases}.",
        ),
        "unmet": Bilingual(
            fr="Rendez l’événement gratuit : le prix doit être zéro.",
            en="Make the event free of charge: the price must be zero.",
        ),
    }

    criterion: Literal["free_of_charge"]
    parameters: Parameters

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        if event.price_cents:
            price = wording.price(event.price_cents)
            return Finding(outcome="unmet", message="unmet", values={"price": price}, found=(price.fr,))
        text = folded(f"{event.title}\n{event.description}")
        phrases = tuple(
            phrase
            for phrase, plain in zip(self.parameters.doubtful_phrases, self.parameters.folded_phrases, strict=True)
            if plain in text
        )
        if phrases:
            return Finding(
                outcome="doubtful", message="doubtful", values={"phrases": wording.terms(phrases)}, found=phrases
            )
        return Finding(outcome="met", message="met")
