"""An event's page, signing up to it, and taking it into a calendar."""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Form as Field
from fastapi import Request, Response
from pydantic import ValidationError

from registration.caller import owns
from registration.events import store as events
from registration.guest_lists import operations as guest_lists
from registration.guest_lists import store as lists
from registration.guest_lists.content import SignUp
from registration.programme import calendars, share_image
from registration.programme import store as programme
from registration.programme.structured import structured
from registration.waiting.domain import Entry
from shared import pages
from shared.contracts.registration import EventState
from shared.pages import Fault, Form
from shared.pages.languages import DEFAULT, chosen, language_of
from shared.pages.visitors import visitor_of
from shared.runtime.database import Connection
from shared.runtime.http.conditional import IfNoneMatch, is_known
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router("/evenements/{event_id}")
_OPEN = frozenset({"scheduled", "rescheduled", "postponed"})
_PUBLIC = frozenset({"submitted", "in_review", "labelled"})
Entered = Annotated[str, Field()]


@router.get("")
async def event_page(request: Request, event_id: UUID, connection: Reading) -> Response:
    """An event of the programme."""
    return await _page(request, connection, event_id, form=Form({"kind": "person"}))


@router.post("")
async def sign_up(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    event_id: UUID,
    kind: Entered = "person",
    people: Entered = "",
    name: Entered = "",
    email: Entered = "",
    if_full: Entered = "refuse",
) -> Response:
    """Sign a person or a group up, or put them on the waiting list; what is wrong is said beside its field."""
    entered = Form({"kind": kind, "people": people, "name": name, "email": email, "if_full": if_full})
    try:
        wanted = SignUp.model_validate(
            {
                "kind": kind,
                "people": people.strip() if kind == "group" else 1,
                "name": name,
                "email": email.strip(),
                "language": language_of(request),
                "if_full": if_full,
            }
        )
    except ValidationError as error:
        return await _again(request, event_id, form=entered.with_faults(pages.faults_of(error)), status=422)
    try:
        async with pages.changing(request) as transaction:
            done = await guest_lists.sign_up(transaction, event_id, sign_up=wanted, now=datetime.now(UTC))
    except Problem as problem:
        if problem.status != 409:  # noqa: PLR2004 - full, closed, or on the list already
            raise
        async with pages.reading(request) as connection:
            faults = await _refused(connection, event_id, problem)
        return await _again(request, event_id, form=entered.with_faults(faults), status=409)
    if isinstance(done, Entry):
        return pages.redirect(f"/a/attente/{done.id}")
    return pages.redirect(f"/evenements/{event_id}/inscriptions/{done.participation.id}")


@router.get("/agenda.ics")
async def calendar(request: Request, event_id: UUID, connection: Reading) -> Response:
    """The event for a calendar, which follows its changes: the same UIDs as in the mail."""
    event = await _read(connection, event_id)
    if event is None:
        raise not_found("event", event_id)
    content = calendars.calendar_of(event, public_url=pages.site_of(request).public_url)
    headers = {"Content-Disposition": 'attachment; filename="evenement.ics"'}
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


@router.get("/image.png")
async def image(request: Request, event_id: UUID, connection: Reading, if_none_match: IfNoneMatch = None) -> Response:
    """What is shown where the page is shared."""
    event = await _read(connection, event_id)
    if event is None:
        raise not_found("event", event_id)
    says = share_image.content(event, language=chosen(request) or DEFAULT)
    headers = {"Cache-Control": "public, max-age=300", "ETag": f'"{hashlib.blake2b(says, digest_size=12).hexdigest()}"'}
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(await asyncio.to_thread(share_image.image, says), media_type="image/png", headers=headers)


@router.get("/inscriptions/{participation_id}")
async def signed_up(request: Request, event_id: UUID, participation_id: UUID, connection: Reading) -> Response:
    """A sign-up, to whoever knows its id. It names nobody."""
    event = await events.read(connection, event_id)
    row = await lists.read_participation(connection, event_id=event_id, id_=participation_id)
    if event is None or row is None:
        raise not_found("sign-up", participation_id)
    return pages.render(
        request,
        "programme/signed_up.html",
        headers={"Cache-Control": "private, no-store"},
        event=event.public_state(),
        participation_id=participation_id,
        people=row["people"],
        status_=row["status"],
    )


@router.post("/inscriptions/{participation_id}")
async def cancel(request: Request, event_id: UUID, participation_id: UUID) -> Response:
    async with pages.changing(request) as transaction:
        await guest_lists.cancel(transaction, event_id, participation_id, now=datetime.now(UTC))
    return pages.redirect(f"/evenements/{event_id}/inscriptions/{participation_id}")


async def _read(connection: Connection, event_id: UUID, visitor: Caller | None = None) -> EventState | None:
    """The event as the public sees it; outside the programme, its organiser and staff alone see it."""
    event = await events.read(connection, event_id)
    if event is None or not (event.in_catalogue or owns(visitor, event.organiser.id)):
        return None
    return event.public_state()


async def _again(request: Request, event_id: UUID, *, form: Form, status: int) -> Response:
    async with pages.reading(request) as connection:
        return await _page(request, connection, event_id, form=form, status=status)


async def _page(request: Request, connection: Connection, event_id: UUID, *, form: Form, status: int = 200) -> Response:
    event = await _read(connection, event_id, visitor_of(request))
    if event is None:
        return pages.render(request, "programme/unpublished.html", status=404)
    places = (await programme.places(connection, [event_id]))[event_id]
    return pages.render(
        request,
        "programme/event.html",
        status=status,
        event=event,
        places=places,
        open=event.status in _PUBLIC and event.occurrence in _OPEN,
        form=form,
        structured=structured(event, places=places, public_url=pages.site_of(request).public_url),
    )


async def _refused(connection: Connection, event_id: UUID, problem: Problem) -> list[Fault]:
    """Why nobody could be signed up, in terms of the form."""
    if any(error.field == "email" for error in problem.errors):
        return [Fault(field="email", kind="waits" if problem.title == "Already waiting" else "on_list")]
    if any(error.field == "people" for error in problem.errors):
        left = (await programme.places(connection, [event_id]))[event_id].left
        return [Fault(field="people", kind="too_many" if left else "full", values={"left": left})]
    return [Fault(field="name", kind="closed")]
