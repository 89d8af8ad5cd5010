"""After a decision the next page says what was decided of which event."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from labelling.likenesses import store as events
from shared.contracts.labelling import Verdict
from shared.runtime.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The event that was decided before this page."""

    event_id: UUID
    title: str
    verdict: Verdict | None


async def told(request: Request, connection: Connection) -> Told | None:
    """From `decided` in the address; None without it."""
    try:
        event_id = UUID(request.query_params.get("decided", ""))
    except ValueError:
        return None
    known = (await events.candidates(connection, [event_id])).get(event_id)
    return Told(event_id=event_id, title=known.event.title, verdict=known.verdict) if known else None
