"""HTTP routes of simulations and differences."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from labelling.charters import operations as charters
from labelling.charters.drafts import BODY, Draft
from labelling.domain.differences import differences
from labelling.domain.simulation import Outcome, Totals, moves
from labelling.simulations import operations
from shared.contracts.base import Bilingual, Identifier
from shared.contracts.labelling import Verdict
from shared.runtime.database import Database
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/charters", tags=["charters"])
Version = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020-2"])]
Edition = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020"])]


class VerdictMove(BaseModel):
    """How many events would go from one verdict to another, or keep theirs."""

    before: Verdict | None = Field(description="Null: not decided yet")
    after: Verdict
    events: int


class CriterionMove(BaseModel):
    """In how many events a criterion would say something else."""

    criterion: str
    before: Outcome | None = Field(description="Null: the charter that decided has no such criterion")
    after: Outcome | None = Field(description="Null: the draft has no such criterion")
    events: int


class SimulatedTotals(BaseModel):
    """Of all events of the edition that are to take place."""

    events: int
    undecided: int
    changed: int = Field(description="Events whose verdict would change: what re-deciding all would do")
    open: int = Field(description="Events that wait for the committee")
    open_changed: int = Field(description="Of those: what re-deciding open cases would do")
    verdicts: list[VerdictMove]
    criteria: list[CriterionMove]


class ChangedCriterion(BaseModel):
    """A criterion that says something else of an event, and why it says so by the draft."""

    criterion: str
    before: Outcome | None
    after: Outcome | None
    reason: Bilingual | None


class ChangedEvent(BaseModel):
    """An event whose verdict would change."""

    event_id: UUID
    title: str
    departement: str | None
    before: Verdict
    decided_by: Literal["charter", "referent"]
    charter_version: str = Field(description="By which it is decided now")
    open: bool
    after: Verdict
    criteria: list[ChangedCriterion]


class SimulatedCharter(BaseModel):
    """What would change. `next` is the `after` of the following page of changes; totals are of the whole every time."""

    charter_version: str
    edition_id: str
    totals: SimulatedTotals
    changes: list[ChangedEvent]
    next: UUID | None


class ChangedField(BaseModel):
    """One field of a charter, or of a criterion of it."""

    criterion: str | None = Field(description="Null: of the charter as a whole", examples=["relevance"])
    field: str = Field(description="Empty: the criterion as a whole", examples=["parameters.accept_from"])
    before: Any = Field(examples=[0.25])
    after: Any = Field(examples=[0.3])
    words: Bilingual


class Differences(BaseModel):
    """What a charter says otherwise than another one."""

    before: str = Field(examples=["2020-1"])
    after: str = Field(examples=["2020-2"])
    differences: list[ChangedField]


@router.get("/{version}/differences")
async def compare_charters(
    version: Version, connection: Reading, since: Annotated[Identifier, Query(examples=["2020-1"])]
) -> Differences:
    """What a charter says otherwise than another version: criterion by criterion, field by field, in words."""
    before, after = await charters.read(connection, since), await charters.read(connection, version)
    if before is None or after is None:
        raise not_found("charter", since if before is None else version)
    found = [ChangedField.model_validate(each, from_attributes=True) for each in differences(before, after)]
    return Differences(before=before.version, after=after.version, differences=found)


@router.post("/{edition_id}/simulation", openapi_extra={"requestBody": BODY})
async def simulate_charter(
    request: Request,
    _staff: Staff,
    charter: Draft,
    edition_id: Edition,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> SimulatedCharter:
    """
    What a draft would decide of the events of an edition, past or present, by its dates now. Nothing is published.

    The draft is YAML as in the service's own files, or JSON; it need not hold for the edition.
    """
    database: Database = request.app.state.database
    found = await operations.simulate(
        database,
        charter,
        edition_id=edition_id,
        after=after,
        limit=limit,
        turn=request.app.state.simulating,
        now=datetime.now(UTC),
    )
    changes = [_changed(each) for each in found.changes]
    return SimulatedCharter(
        charter_version=charter.version,
        edition_id=edition_id,
        totals=_totals(found.totals),
        changes=changes,
        next=changes[-1].event_id if found.more else None,
    )


def _totals(totals: Totals) -> SimulatedTotals:
    return SimulatedTotals(
        events=totals.events,
        undecided=totals.undecided,
        changed=totals.changed,
        open=totals.open,
        open_changed=totals.open_changed,
        verdicts=[
            VerdictMove(before=before, after=after, events=count)
            for (before, after), count in totals.verdicts.most_common()
        ],
        criteria=[
            CriterionMove(criterion=criterion, before=before, after=after, events=count)
            for (criterion, before, after), count in totals.criteria.most_common()
        ],
    )


def _changed(change: operations.Change) -> ChangedEvent:
    event, before, after = change.case.event, change.case.decision, change.after
    assert before is not None  # what is not decided does not change
    reasons = {each.criterion: each.reason for each in after.criteria}
    return ChangedEvent(
        event_id=event.id,
        title=event.title,
        departement=event.place.departement,
        before=before.verdict,
        decided_by=before.decided_by,
        charter_version=before.charter_version,
        open=change.case.is_open,
        after=after.verdict,
        criteria=[
            ChangedCriterion(
                criterion=each.criterion,
                before=each.before,
                after=each.after,
                reason=reasons.get(each.criterion),
            )
            for each in moves(before.criteria, after.criteria)
        ],
    )
