"""SQL of decisions on events, kept as `labelling` has published them."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection

_KEEP = """
INSERT INTO decisions (event_id, decision) SELECT * FROM unnest($1::uuid[], $2::jsonb[])
ON CONFLICT (event_id) DO UPDATE SET decision = excluded.decision
"""
_READ = """
SELECT decision FROM decisions JOIN events ON events.id = event_id
WHERE event_id = $1 AND (decision->>'revision')::integer = events.revision AND decision->>'verdict' = events.status
"""


async def keep(connection: Connection, decisions: Sequence[DecisionState]) -> None:
    """The last one on each event stays."""
    if decisions:
        await connection.execute(
            _KEEP,
            [each.event_id for each in decisions],
            [each.model_dump(mode="json", exclude_none=True) for each in decisions],
        )


async def read(connection: Connection, event_id: UUID) -> DecisionState | None:
    """The one that holds on the event as it is now; None while it waits for one, or where none was kept."""
    found = await connection.fetchval(_READ, event_id)
    return None if found is None else DecisionState.model_validate(found, strict=False)
