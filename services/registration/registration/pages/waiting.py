"""Somebody's turn on a waiting list: `/a/attente/<entry>`, mailed to them. One button answers, without an account."""

from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from registration.events import store as events
from registration.waiting import operations, store
from registration.waiting.shown import shown
from shared import pages
from shared.runtime.clock import now_by
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading

router = pages.router("/a/attente/{entry_id}")


@router.get("")
async def waiting(request: Request, entry_id: UUID, connection: Reading, refused: bool = False) -> Response:  # noqa: FBT001, FBT002 - of the address
    """Where one is in line, or the offer and two buttons. Looking changes nothing: mail scanners fetch every link."""
    entry = await store.read(connection, entry_id)
    if entry is None or entry.person_id is None:
        raise not_found("entry of a waiting list", entry_id)
    event = await events.read(connection, entry.event_id)
    assert event is not None
    state = await shown(connection, entry)
    until = state.expires_at and state.expires_at.astimezone(ZoneInfo(event.territory.time_zone))
    return pages.render(
        request,
        "place/waiting.html",
        headers={"Cache-Control": "private, no-store"},
        event=event.public_state() if event.in_catalogue else event.state(),
        entry=state,
        until=until,
        problem=refused,
        address=f"/a/attente/{entry_id}",
    )


@router.post("/accept")
async def accept(request: Request, entry_id: UUID) -> Response:
    """Take the offered place. Where none is any more, the page says what became of it."""
    try:
        async with pages.changing(request) as connection:
            done = await operations.accept(connection, entry_id, now=await now_by(connection))
    except Problem as problem:
        if problem.status != 409:  # noqa: PLR2004 - lapsed, or the event has changed
            raise
        return pages.redirect(f"/a/attente/{entry_id}?refused=1")
    return pages.redirect(f"/a/{done.participation.id}")


@router.post("/leave")
async def leave(request: Request, entry_id: UUID) -> Response:
    """Decline the offer, or wait no longer: the place is offered to the next in line."""
    async with pages.changing(request) as connection:
        await operations.leave(connection, entry_id, now=await now_by(connection))
    return pages.redirect(f"/a/attente/{entry_id}")
