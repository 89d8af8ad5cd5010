"""Official criterion 2: open to the general public, to young people or to jobseekers."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding, Part
from shared.contracts.base import Bilingual
from shared.contracts.registration import Audience, EditionState, EventState


class Parameters(Part):
    accepted: tuple[Audience, ...] = Field(min_length=1, description="One of them is enough")


class OpenAudience(Criterion):
    """One accepted audience: met. None stated at all: doubtful. Others alone: unmet."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset({"audience"}),
        "unstated": frozenset({"accepted"}),
        "unmet": frozenset({"audience", "accepted"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "unstated": Bilingual(
            fr="Indiquez à qui l’événement est ouvert ; l’un de ces publics suffit : {accepted}.",
            en="Say to whom the event is open; one of these is enough: {accepted}.",
        ),
        "unmet": Bilingual(
            fr="Ouvrez l’événement à l’un de ces publics : {accepted}.",
            en="Open the event to one of: {accepted}.",
        ),
    }

    criterion: Literal["audience"]
    parameters: Parameters

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        values = {"audience": _named(event.audience), "accepted": _named(self.parameters.accepted)}
        if not event.audience:
            return Finding(outcome="doubtful", message="unstated", values=values)
        is_open = any(audience in self.parameters.accepted for audience in event.audience)
        outcome: Literal["met", "unmet"] = "met" if is_open else "unmet"
        return Finding(outcome=outcome, message=outcome, values=values, found=event.audience)


def _named(audiences: tuple[Audience, ...]) -> Bilingual:
    return wording.listing([wording.AUDIENCES[audience] for audience in audiences])
