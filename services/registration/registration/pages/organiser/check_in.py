"""Welcoming people, on a phone at the door: one press for each sign-up, and a number for those who had none."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Form as Field
from fastapi import Query, Request, Response

from registration.arrivals import operations, store
from registration.guest_lists import operations as guest_lists
from registration.guest_lists import store as lists
from registration.pages.organiser.access import Organiser, own_event
from shared import pages
from shared.pages import Fault, Form
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur/evenements/{event_id}/accueil")
_PER_PAGE = 500
Entered = Annotated[str, Field()]


@router.get("")
async def check_in(
    request: Request,
    event_id: UUID,
    organiser_id: Organiser,
    connection: Reading,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Everybody on the list, by name."""
    return await _page(request, connection, organiser_id, event_id, page=page)


@router.post("")
async def count_others(request: Request, event_id: UUID, organiser_id: Organiser, others: Entered = "") -> Response:
    """How many came without a sign-up."""
    people = _people(others)
    if people is None:
        form = Form({"others": others}, [Fault(field="others", kind="int_parsing")])
        async with pages.reading(request) as connection:
            return await _page(request, connection, organiser_id, event_id, form=form, status=422)
    async with pages.changing(request) as connection:
        await own_event(connection, organiser_id, event_id)
        await operations.count_others(connection, event_id, people=people, now=datetime.now(UTC))
    return pages.redirect(f"/organisateur/evenements/{event_id}/accueil")


@router.post("/{participation_id}")
async def mark(
    request: Request, event_id: UUID, participation_id: UUID, organiser_id: Organiser, people: Entered = ""
) -> Response:
    """So many people of a sign-up are here; 0 takes it back. To htmx, the answer is the line as it is now."""
    async with pages.changing(request) as connection:
        event = await own_event(connection, organiser_id, event_id)
        row = await lists.read_participation(connection, event_id=event_id, id_=participation_id)
        if row is None:
            raise not_found("sign-up", participation_id)
        number = _people(people)
        if number is None:
            number = row["came"] or 0
        state = await operations.mark(connection, event_id, participation_id, people=number, now=datetime.now(UTC))
        if "hx-request" not in request.headers:
            return pages.redirect(f"/organisateur/evenements/{event_id}/accueil#p-{participation_id}")
        return pages.render(
            request,
            "organiser/arrival.html",
            event=event,
            guest={**dict(row), "came": number or None},
            list=state,
            others=(state.actual or 0) - await store.came_with_sign_up(connection, event_id),
        )


def _people(text: str) -> int | None:
    """A number of people; None for anything else."""
    plain = text.strip()
    if not (plain.isdecimal() and len(plain) < 8):  # noqa: PLR2004 - more than any list holds
        return None
    most = 1_000_000
    return int(plain) if int(plain) <= most else None


async def _page(
    request: Request,
    connection: Connection,
    organiser_id: UUID,
    event_id: UUID,
    *,
    page: int = 1,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    event = await own_event(connection, organiser_id, event_id)
    state = guest_lists.state_of(await lists.read_list(connection, event_id))
    others = max((state.actual or 0) - await store.came_with_sign_up(connection, event_id), 0)
    found = await store.guests(
        connection, event_id, active_only=True, limit=_PER_PAGE + 1, offset=(page - 1) * _PER_PAGE
    )
    here = f"/organisateur/evenements/{event_id}/accueil"
    return pages.render(
        request,
        "organiser/check_in.html",
        status=status,
        event=event,
        list=state,
        others=others,
        guests=found[:_PER_PAGE],
        form=form or Form({"others": others}),
        previous=f"{here}?page={page - 1}" if page > 1 else None,
        next=f"{here}?page={page + 1}" if len(found) > _PER_PAGE else None,
    )
