"""Duplicates: the same event is labelled once. Registration knows the order of submission and points to the first."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from labelling.domain.criteria.criterion import Criterion, Finding
from shared.contracts.registration import EditionState, EventState


class NoDuplicate(Criterion):
    """No earlier event says the same: met. One does: unmet, and it is named."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset(),
        "unmet": frozenset({"earlier"}),
    }

    criterion: Literal["duplicates"]

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        if event.duplicate_of is None:
            return Finding(outcome="met", message="met")
        earlier = str(event.duplicate_of)
        return Finding(outcome="unmet", message="unmet", values={"earlier": earlier}, found=(earlier,))
