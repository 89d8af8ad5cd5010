"""Use cases of checks."""

from dataclasses import dataclass
from datetime import datetime

from labelling.charters import operations as charters
from labelling.checks.content import CheckedContent
from labelling.decisions import store as decisions
from labelling.domain.decision import verdict_of
from shared.contracts.labelling import CriterionResult, Verdict
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What the charter in force says of an event as it stands. `not_checked`: criteria that need more than that."""

    charter_version: str
    verdict: Verdict
    criteria: list[CriterionResult]
    not_checked: list[str]


async def check(connection: Connection, edition_id: str, content: CheckedContent, *, now: datetime) -> Checked:
    """Judge an event that nobody has submitted. 404 without the edition, 409 while no charter is in force for it."""
    editions = await decisions.read_editions(connection, [edition_id])
    if edition_id not in editions:
        raise not_found("edition", edition_id)
    held = await charters.current(connection, [edition_id])
    if edition_id not in held:
        raise Problem(409, "No charter is in force", f"Publish one that holds for edition {edition_id}.")
    charter, event = held[edition_id], content.event(edition_id=edition_id, now=now)
    skipped = {"duplicates"} if content.organiser else {"duplicates", "organiser_number"}
    results = [
        criterion.result(event=event, edition=editions[edition_id])
        for criterion in charter.criteria
        if criterion.criterion not in skipped
    ]
    return Checked(
        charter_version=charter.version,
        verdict=verdict_of(results),
        criteria=results,
        not_checked=[each.criterion for each in charter.criteria if each.criterion in skipped],
    )
