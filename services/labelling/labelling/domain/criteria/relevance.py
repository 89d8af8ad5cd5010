"""Official criterion 3: it informs or communicates about industry, judged by a weighted lexicon."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding, Part
from labelling.domain.lexicon import Lexicon, relevance
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState

_SHOWN_TERMS = 12
_NONE = Bilingual(fr="aucun", en="none")


class Parameters(Part):
    lexicon: Lexicon
    accept_from: float = Field(ge=-1, le=1, description="Score from which the event is about industry")
    refuse_below: float = Field(ge=-1, le=1, description="Score below which it is not; between, the committee decides")
    title_factor: float = Field(default=2, ge=1, le=10, description="How much more a term in the title weighs")
    prior: float = Field(gt=0, le=100, description="Weight that any text has to outweigh")
    prior_per_word: float = Field(ge=0, le=10, description="Weight that each of its words adds to that")

    @model_validator(mode="after")
    def _bands_in_order(self) -> Self:
        if self.refuse_below > self.accept_from:
            raise ValueError(f"refuse_below {self.refuse_below} is above accept_from {self.accept_from}: exchange them")
        return self


class RelevantToIndustry(Criterion):
    """A score from `accept_from` on: met. Below `refuse_below`: unmet. Between them: doubtful."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        name: frozenset({"score", "terms", "off_topic", "accept_from", "refuse_below"})
        for name in ("met", "doubtful", "unmet")
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        name: Bilingual(
            fr="Décrivez dans le titre et le texte ce qui touche à l’industrie : le site, les procédés, les produits,"
            " les métiers (indice {score} sur 100, il en faut {accept_from}).",
            en="Describe in title and text what is industrial about it: the site, processes, products, trades (score"
            " {score} out of 100, {accept_from} is needed).",
        )
        for name in ("doubtful", "unmet")
    }

    criterion: Literal["relevance"]
    parameters: Parameters

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        limits = self.parameters
        judged = relevance(
            lexicon=limits.lexicon,
            title=event.title,
            description=event.description,
            title_factor=limits.title_factor,
            prior=limits.prior,
            prior_per_word=limits.prior_per_word,
        )
        outcome = self._outcome(judged.score)
        return Finding(
            outcome=outcome,
            message=outcome,
            values={
                "score": _percent(judged.score),
                "terms": wording.terms(judged.speaking_for) if judged.speaking_for else _NONE,
                "off_topic": wording.terms(judged.speaking_against) if judged.speaking_against else _NONE,
                "accept_from": _percent(limits.accept_from),
                "refuse_below": _percent(limits.refuse_below),
            },
            found=(*judged.speaking_for[:_SHOWN_TERMS], *(f"-{term}" for term in judged.speaking_against)),
        )

    def _outcome(self, score: float) -> Literal["met", "doubtful", "unmet"]:
        if score >= self.parameters.accept_from:
            return "met"
        return "unmet" if score < self.parameters.refuse_below else "doubtful"


def _percent(score: float) -> str:
    return str(round(score * 100))
