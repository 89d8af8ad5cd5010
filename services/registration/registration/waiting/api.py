"""HTTP routes of who waits. An entry's id is the key: whoever knows it may look, answer and leave."""

from uuid import UUID

from fastapi import APIRouter

from registration.guest_lists.api import SignedUp, signed_up
from registration.waiting import operations, store
from registration.waiting.shown import Waiting, shown
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1/events/{event_id}/waiting/{entry_id}", tags=["guest lists"])


@router.get("")
async def get_entry(event_id: UUID, entry_id: UUID, connection: Reading) -> Waiting:
    """How long the line is before somebody, or the offer that waits for an answer."""
    await _check_of_event(connection, event_id, entry_id)
    entry = await store.read(connection, entry_id)
    assert entry is not None
    return await shown(connection, entry)


@router.post("/acceptance")
async def accept_offer(event_id: UUID, entry_id: UUID, once: Once) -> SignedUp:
    """Take the offered place. Accepting it again changes nothing; 409 when no offer stands."""

    async def accept(connection: Connection) -> Answer:
        await _check_of_event(connection, event_id, entry_id)
        done = await operations.accept(connection, entry_id, now=await now_by(connection))
        return Answer(body=await signed_up(connection, done))

    return await once(accept)  # type: ignore[return-value]


@router.post("/departure")
async def leave_waiting_list(event_id: UUID, entry_id: UUID, once: Once) -> Waiting:
    """Decline the offer, or wait no longer. Doing it again changes nothing."""

    async def leave(connection: Connection) -> Answer:
        await _check_of_event(connection, event_id, entry_id)
        entry = await operations.leave(connection, entry_id, now=await now_by(connection))
        return Answer(body=await shown(connection, entry))

    return await once(leave)  # type: ignore[return-value]


async def _check_of_event(connection: Connection, event_id: UUID, entry_id: UUID) -> None:
    entry = await store.read(connection, entry_id)
    if entry is None or entry.person_id is None or entry.event_id != event_id:
        raise not_found("entry of a waiting list", entry_id)
