"""Deciding: an event, its edition and a charter give a verdict with a reason for every criterion."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from labelling.domain.charter import Charter
from labelling.domain.working_days import review_due_on
from shared.contracts.labelling import CriterionResult, DecisionState, Verdict
from shared.contracts.registration import EditionState, EventState


def verdict_of(results: Iterable[CriterionResult]) -> Verdict:
    """A failed must refuses; a doubtful must or a failed should asks the committee; else the event is labelled."""
    verdict: Verdict = "labelled"
    for result in results:
        if result.weight == "must" and result.outcome == "unmet":
            return "refused"
        if result.outcome == "unmet" or (result.weight == "must" and result.outcome == "doubtful"):
            verdict = "in_review"
    return verdict


def decide(
    *,
    event: EventState,
    edition: EditionState,
    charter: Charter,
    id_: UUID,
    now: datetime,
    since: datetime | None = None,
) -> DecisionState:
    """
    The charter's decision on an event. A pure function: `id_` and `now` only name and date the decision.

    `since`: when the committee's time begins; else with the last change of the event.
    """
    criteria = tuple(criterion.result(event=event, edition=edition) for criterion in charter.criteria)
    verdict = verdict_of(criteria)
    return DecisionState(
        id=id_,
        event_id=event.id,
        edition_id=event.edition_id,
        organiser_id=event.organiser.id,
        departement=event.place.departement,
        revision=event.revision,
        charter_version=charter.version,
        verdict=verdict,
        criteria=criteria,
        decided_by="charter",
        due_on=review_due_on(
            since=since or event.changed_at,
            time_zone=event.time_zone,
            departement=event.place.departement,
            working_days=charter.review_working_days,
        )
        if verdict == "in_review"
        else None,
        decided_at=now,
    )


def appeal(*, refused: DecisionState, due_on: date, id_: UUID, now: datetime) -> DecisionState:
    """What an appeal makes of a refusal: the committee is asked, on the criteria as the charter judged them."""
    return refused.model_copy(
        update={
            "id": id_,
            "verdict": "in_review",
            "decided_by": "charter",
            "referent": None,
            "note": None,
            "appeal": True,
            "due_on": due_on,
            "decided_at": now,
        }
    )


def review(
    *,
    pending: DecisionState,
    verdict: Verdict,
    reason: str,
    referent: str,
    id_: UUID,
    now: datetime,
) -> DecisionState:
    """The referent's decision in place of a pending one: the criteria stay as the charter judged them."""
    return pending.model_copy(
        update={
            "id": id_,
            "verdict": verdict,
            "decided_by": "referent",
            "referent": referent,
            "note": reason,
            "due_on": None,
            "decided_at": now,
        }
    )
