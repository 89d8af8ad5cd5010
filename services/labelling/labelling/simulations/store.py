"""SQL of simulations."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.labelling import DecisionState
from shared.contracts.registration import EventState
from shared.runtime.database import Connection

_AFTER = """
SELECT cases.event::text, decisions.state::text AS decision, open.decision_id IS NOT NULL AS is_open
FROM cases LEFT JOIN decisions ON decisions.id = cases.decision_id AND cases.decided_revision = cases.revision
     LEFT JOIN reviews AS open ON open.event_id = cases.event_id AND open.status = 'open'
WHERE cases.edition_id = $1 AND NOT cases.withdrawn AND ($2::uuid IS NULL OR cases.event_id > $2)
ORDER BY cases.event_id LIMIT $3
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An event, what holds for it as it stands, None while that is undecided, and whether the committee has it."""

    event: EventState
    decision: DecisionState | None
    is_open: bool


async def cases_after(connection: Connection, edition_id: str, *, after: UUID | None, limit: int) -> list[Case]:
    """The next events of an edition that are to take place, in order of their ids."""
    return [
        Case(
            event=EventState.model_validate_json(row["event"]),
            decision=None if row["decision"] is None else DecisionState.model_validate_json(row["decision"]),
            is_open=row["is_open"],
        )
        for row in await connection.fetch(_AFTER, edition_id, after, limit)
    ]
