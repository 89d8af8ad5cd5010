"""Territory: a commune or at least a département that exists, or online."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from labelling.domain.criteria.criterion import Criterion, Finding
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState


class KnownTerritory(Criterion):
    """A known commune, or online: met. A département alone: doubtful. Neither: unmet."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset({"city", "departement"}),
        "online": frozenset(),
        "doubtful": frozenset({"city", "postcode", "departement"}),
        "unmet": frozenset({"city", "postcode"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "doubtful": Bilingual(
            fr="Corrigez le code postal ou la commune : ensemble, ils doivent désigner une commune connue.",
            en="Correct the postcode or the city: together they must name a known commune.",
        ),
        "unmet": Bilingual(
            fr="Donnez le code postal et la commune d’un lieu en France.",
            en="Give postcode and city of a place in France.",
        ),
    }

    criterion: Literal["territory"]

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        place = event.place
        if place.mode == "online":
            return Finding(outcome="met", message="online")
        values = {"city": place.city, "postcode": place.postcode, "departement": place.departement or ""}
        if place.commune is not None:
            return Finding(outcome="met", message="met", values=values, found=(place.commune,))
        found = tuple(text for text in (place.postcode, place.city) if text)
        if place.departement is not None:
            return Finding(outcome="doubtful", message="doubtful", values=values, found=found)
        return Finding(outcome="unmet", message="unmet", values=values, found=found)
