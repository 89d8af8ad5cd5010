"""SQL of appeals."""

from uuid import UUID

import asyncpg

from shared.contracts.labelling import DecisionState
from shared.runtime.database import Connection

_CASE = "SELECT decision_id, revision, withdrawn, event->>'time_zone' AS time_zone FROM cases WHERE event_id = $1"
_HAS_APPEALED = """
SELECT EXISTS (SELECT FROM decisions WHERE event_id = $1 AND revision = $2 AND charter_version = $3 AND appeal)
"""
_KEEP = "UPDATE reviews SET appeal_reason = $2, decided_before = $3 WHERE decision_id = $1"


async def read_case(connection: Connection, event_id: UUID, *, lock: bool = False) -> asyncpg.Record:
    """The decision that holds for an event, its revision, whether it is withdrawn, and its time zone."""
    row = await connection.fetchrow(_CASE + (" FOR UPDATE" if lock else ""), event_id)
    assert row is not None  # a decision names it
    return row


async def has_appealed(connection: Connection, decision: DecisionState) -> bool:
    """Whether there was an appeal against what this charter makes of this revision."""
    return bool(
        await connection.fetchval(_HAS_APPEALED, decision.event_id, decision.revision, decision.charter_version)
    )


async def keep(connection: Connection, decision_id: UUID, *, reason: str, decided_before: str | None) -> None:
    """What an appeal says, and against whose decision it is; its review is there."""
    await connection.execute(_KEEP, decision_id, reason, decided_before)
