"""Postponing or cancelling an edition: the form, the preview that changes nothing, and confirming what it showed."""

from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response

from registration.acts import operations, store
from registration.acts.content import ActContent
from registration.pages.editions import entered
from registration.pages.editions.access import PATH, StaffMember, the_edition
from registration.pages.editions.changes import changes
from registration.pages.fields import text_of
from shared import pages
from shared.pages import Form
from shared.runtime.clock import now_by
from shared.runtime.http.problems import Problem

router = pages.router(f"{PATH}/{{edition_id}}")
_CHANGED = 409
_FAULTY = 422


@router.get("")
async def begin(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """The form, and the acts that were decided before."""
    return await _form(request, edition_id, Form(entered.NEW))


@router.post("")
async def change(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """Back from the preview: the form as it was filled in."""
    return await _form(request, edition_id, Form(entered.values_of(await request.form())))


@router.post("/apercu")
async def preview(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """What the act would do. Changes nothing."""
    return await _preview(request, edition_id, entered.values_of(await request.form()))


@router.post("/actes")
async def confirm(request: Request, edition_id: str, staff: StaffMember) -> Response:
    """Decide what was shown. Where something has changed since, what would happen now is shown instead."""
    form = await request.form()
    values = entered.values_of(form)
    content = entered.read(values)
    if not isinstance(content, ActContent):
        return await _form(request, edition_id, Form(values, content), status=_FAULTY)
    try:
        async with pages.changing(request) as connection:
            stored, _ = await operations.confirm(
                connection,
                edition_id,
                content,
                token=text_of(form, "token"),
                key=request.app.state.signing_key,
                by=staff.subject,
                now=await now_by(connection),
            )
    except Problem as problem:
        if problem.status not in {_CHANGED, _FAULTY}:
            raise
        return await _preview(request, edition_id, values, outdated=True)
    request.app.state.acts.wake()
    return pages.redirect(f"{PATH}/{edition_id}/actes/{stored.act.number}")


async def _preview(request: Request, edition_id: str, values: dict[str, str], *, outdated: bool = False) -> Response:
    content = entered.read(values)
    if not isinstance(content, ActContent):
        return await _form(request, edition_id, Form(values, content), status=_FAULTY)
    try:
        async with pages.reading(request) as connection:
            before = await the_edition(connection, edition_id)
            shown = await operations.show(
                connection, edition_id, content, key=request.app.state.signing_key, now=datetime.now(UTC)
            )
    except Problem as problem:
        if problem.status != _FAULTY:
            raise
        return await _form(request, edition_id, Form(values, entered.faults_by(problem)), status=_FAULTY)
    return pages.render(
        request,
        "editions/preview.html",
        status=_CHANGED if outdated else 200,
        before=before,
        edition=shown.edition,
        act=shown.edition.act,
        changes=changes(before, shown.edition),
        effects=shown.effects,
        people=shown.audience,
        token=shown.token,
        values=values,
        outdated=outdated,
    )


async def _form(request: Request, edition_id: str, form: Form, **options: Any) -> Response:
    async with pages.reading(request) as connection:
        edition = await the_edition(connection, edition_id)
        acts = await store.read_all(connection, edition_id)
    return pages.render(
        request,
        "editions/act.html",
        edition=edition,
        acts=acts,
        form=form,
        kinds=entered.KINDS,
        policies=entered.POLICIES,
        **options,
    )
