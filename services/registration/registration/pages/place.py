"""A person's place at one event: `/a/<sign-up>`, mailed to them. Kept or given up by one button, without an account."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import Request, Response

from registration.events import store as events
from registration.guest_lists import operations, store
from shared import pages
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router()


@router.get("/a/{participation_id}")
async def place(request: Request, participation_id: UUID, connection: Reading) -> Response:
    """The event as it stands, and the two buttons. Looking changes nothing: mail scanners fetch every link."""
    row = await store.find_participation(connection, participation_id)
    if row is None:
        raise not_found("sign-up", participation_id)
    event = await events.read(connection, row["event_id"])
    assert event is not None
    shown = event.public_state() if event.in_catalogue else event.state()
    status = "cancelled" if row["status"] == "cancelled" else "active"
    if event.status in {"withdrawn", "refused"} or shown.occurrence == "cancelled":
        status = "off"
    return pages.render(
        request,
        "place/place.html",
        event=shown,
        people=row["people"],
        place_status=status,
        kept=row["kept_act"] == event.act_number and event.act_number > 0,
        address=f"/a/{participation_id}",
    )


@router.post("/a/{participation_id}/keep")
async def keep(request: Request, participation_id: UUID) -> Response:
    """Say that one comes to the new dates. Saying it again changes nothing."""
    async with pages.changing(request) as connection:
        if not await store.keep_place(connection, participation_id):
            raise not_found("sign-up", participation_id)
    return pages.redirect(f"/a/{participation_id}")


@router.post("/a/{participation_id}/cancel")
async def cancel(request: Request, participation_id: UUID) -> Response:
    """Give the place up: it is free for others at once."""
    async with pages.changing(request) as connection:
        row = await store.find_participation(connection, participation_id)
        if row is None:
            raise not_found("sign-up", participation_id)
        await operations.cancel(connection, row["event_id"], participation_id, now=datetime.now(UTC))
    return pages.redirect(f"/a/{participation_id}")
