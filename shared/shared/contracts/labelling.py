"""What `labelling` publishes: decisions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Bilingual, Contract, Identifier
from shared.contracts.registration import Departement

Verdict = Literal["labelled", "refused", "in_review"]


class CriterionResult(Contract):
    """What one criterion of the charter found, in words for the organiser."""

    criterion: Identifier
    weight: Literal["must", "should"]
    outcome: Literal["met", "doubtful", "unmet"]
    reason: Bilingual
    found: tuple[str, ...] = ()
    """What the criterion looked at: matched terms, dates, the number that is wrong."""
    remedy: Bilingual | None = None
    """Not met: what the organiser can do about it."""


class DecisionState(Contract):
    id: UUID
    event_id: UUID
    edition_id: Identifier
    organiser_id: UUID
    departement: Departement | None = None
    revision: Annotated[int, Field(ge=1)]
    charter_version: str
    verdict: Verdict
    criteria: tuple[CriterionResult, ...]
    decided_by: Literal["charter", "referent"]
    referent: str | None = None
    """Subject of the referent's token."""
    note: str | None = None
    """The referent's reason."""
    due_on: date | None = None
    """In review: the last day for an answer, four working days after the submission or what has changed since."""
    appeal: bool = False
    """The organiser has appealed: in review until somebody else has decided, then that decision."""
    decided_at: AwareDatetime


class DecisionMessage(Contract):
    """Topic `labelling.decisions.v1`, key: the event's id."""

    change: Literal["decided", "reviewed"]
    notify: bool = True
    """False when the verdict before is confirmed without any doing of the organiser: a new charter, or new dates."""
    before: Verdict | None = None
    """The verdict that held before, of whatever revision."""
    decision: DecisionState
