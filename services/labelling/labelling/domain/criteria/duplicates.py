"""Duplicates: the same event is labelled once. Registration knows the order of submission and points to the first."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from labelling.domain.criteria.criterion import Criterion, Finding
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState


class NoDuplicate(Criterion):
    """No earlier event says the same: met. One does: unmet, and it is named."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset(),
        "unmet": frozenset({"earlier"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "unmet": Bilingual(
            fr="Retirez l’un des deux. Si ce sont deux événements, dites en quoi dans le titre et le texte, ou"
            " changez le lieu ou l’horaire.",
            en="Withdraw one of the two. If they are two events, say how in title and text, or change the place or"
            " the time.",
        ),
    }

    criterion: Literal["duplicates"]

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        if event.duplicate_of is None:
            return Finding(outcome="met", message="met")
        earlier = str(event.duplicate_of)
        return Finding(outcome="unmet", message="unmet", values={"earlier": earlier}, found=(earlier,))
