"""Writing an event: a draft saves itself, the charter says what is missing, and what is whole is submitted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from fastapi import Request, Response

from registration.editions import store as editions
from registration.events import drafts, operations
from registration.events import store as events
from registration.events.content import EventContent
from registration.organisers import store as organisers
from registration.own_events.domain import Own
from registration.pages.organiser.access import Organiser, own
from registration.pages.organiser.entered import MOST_SLOTS, content_of, slots_in, values_of
from registration.pages.organiser.rules import checkable, faults_by, faults_in
from shared import pages
from shared.contracts.registration import Accessibility, Audience, EventType, Theme
from shared.pages import Form
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem

router = pages.router("/organisateur/evenements/{event_id}")
_NEW: Mapping[str, Any] = {"audience": ["general_public"], "price_cents": 0}
_CHOICES = {
    name: get_args(known)
    for name, known in (
        ("event_type", EventType),
        ("theme", Theme),
        ("audience", Audience),
        ("accessibility", Accessibility),
    )
}
_FEWEST_ROWS = 2


@router.get("/modifier")
async def edit(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """The form of a draft or an event."""
    async with pages.reading(request) as connection:
        event = await own(connection, organiser_id, event_id)
        return await _page(request, connection, event, content=event.content or _NEW)


@router.post("/modifier")
async def save(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """Keep the draft, submit it, or amend the event. Faults stand beside their fields; all that was entered stays."""
    form = await request.form()
    action = str(form.get("action") or "save")
    async with pages.reading(request) as connection:
        event = await own(connection, organiser_id, event_id)
    content = content_of(form, before=event.content)
    if event.status == "draft":
        await _keep(request, event, organiser_id, content)
        if action == "save":
            return pages.redirect("/organisateur")
    if action == "add_slot":
        return await _again(request, event, content, rows=len(slots_in(content)) + 1)
    if faults := faults_in(content):
        return await _again(request, event, content, form=Form({}, faults), status=422)
    try:
        await _send(request, event, content)
    except Problem as problem:
        if problem.status != 409:  # noqa: PLR2004 - closed, taken, or too few places
            raise
        return await _again(request, event, content, form=Form({}, faults_by(problem)), refused=problem, status=409)
    return pages.redirect(f"/organisateur/evenements/{event_id}")


@router.post("/brouillon")
async def save_by_itself(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """Sent while one is writing: a draft is kept, and the answer holds what the charter can be asked about."""
    form = await request.form()
    async with pages.reading(request) as connection:
        event = await own(connection, organiser_id, event_id)
        organiser = await _identity(connection, organiser_id)
    content = content_of(form, before=event.content)
    if event.status == "draft":
        await _keep(request, event, organiser_id, content)
    return pages.render(
        request,
        "organiser/saved.html",
        saved=event.status == "draft",
        at=datetime.now(UTC),
        content=checkable(content, organiser=organiser),
    )


async def _keep(request: Request, event: Own, organiser_id: UUID, content: dict[str, Any]) -> None:
    """Save a draft, unless it has been submitted or thrown away in another window meanwhile."""
    async with pages.changing(request) as connection:
        if await events.lock_draft(connection, event.id) is None:
            raise Problem(409, "No longer a draft", "It was submitted or deleted meanwhile: look at your events.")
        await drafts.save(
            connection,
            id_=event.id,
            edition_id=event.edition_id,
            organiser_id=organiser_id,
            content=content,
            now=datetime.now(UTC),
        )


async def _send(request: Request, event: Own, content: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    async with pages.changing(request) as connection:
        if event.status != "draft":
            await operations.amend(connection, event.id, content=EventContent.model_validate(content), now=now)
            return
        draft = await events.lock_draft(connection, event.id)
        if draft is not None:
            await drafts.submit(connection, draft, by_staff=False, now=now)


async def _again(request: Request, event: Own, content: Mapping[str, Any], **shown: Any) -> Response:
    async with pages.reading(request) as connection:
        return await _page(request, connection, event, content=content, **shown)


async def _page(
    request: Request,
    connection: Connection,
    event: Own,
    *,
    content: Mapping[str, Any],
    form: Form | None = None,
    rows: int = 0,
    refused: Problem | None = None,
    status: int = 200,
) -> Response:
    organiser = await _identity(connection, event.organiser_id)
    return pages.render(
        request,
        "organiser/edit.html",
        status=status,
        event=event,
        edition=await editions.read(connection, event.edition_id),
        form=Form(values_of(content), form.faults if form else ()),
        rows=min(max(len(slots_in(content)), rows, _FEWEST_ROWS), MOST_SLOTS),
        refused=refused,
        content=checkable(content, organiser=organiser),
        choices=_CHOICES,
    )


async def _identity(connection: Connection, organiser_id: UUID) -> dict[str, Any]:
    """The organiser as the charter looks at it."""
    row = await organisers.read(connection, organiser_id)
    return {name: row[name] for name in ("kind", "siret", "uai", "rna")} if row else {}
