"""Use cases at the door. The list's `actual` follows: those who had signed up and came, and those who came without."""

from datetime import datetime
from uuid import UUID

from registration.arrivals import store
from registration.guest_lists import operations as guest_lists
from registration.guest_lists import store as lists
from shared.contracts.registration import GuestListState
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found


async def mark(
    connection: Connection, event_id: UUID, participation_id: UUID, *, people: int, now: datetime
) -> GuestListState:
    """So many people of this sign-up came; 0 takes it back. The same again changes nothing."""
    guests = await lists.lock_list(connection, event_id)
    row = await lists.read_participation(connection, event_id=event_id, id_=participation_id)
    if guests is None or row is None or row["status"] != "active":
        raise not_found("sign-up", participation_id)
    before = row["came"] or 0
    if people == before:
        return guest_lists.state_of(guests)
    await store.set_came(connection, participation_id, people=people or None)
    actual = max((guests["actual"] or 0) + people - before, 0)
    return await guest_lists.report_attendance(connection, event_id, people=actual, now=now)


async def count_others(connection: Connection, event_id: UUID, *, people: int, now: datetime) -> GuestListState:
    """So many people came without having signed up."""
    await guest_lists.hold(connection, event_id)
    with_sign_up = await store.came_with_sign_up(connection, event_id)
    return await guest_lists.report_attendance(connection, event_id, people=with_sign_up + people, now=now)
