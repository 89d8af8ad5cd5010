"""Postponing or cancelling an edition: the form, the preview that changes nothing, and confirming what it showed."""

from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response

from registration.acts import operations, store
from registration.acts.content import ActContent
from registration.pages import territories
from registration.pages.editions import entered, regions
from registration.pages.editions.access import PATH, StaffMember, the_edition
from registration.pages.editions.changes import changes
from registration.pages.fields import text_of
from shared import pages, territory
from shared.contracts.registration import EditionState
from shared.pages import Form
from shared.runtime.clock import now_by
from shared.runtime.http.problems import Problem

router = pages.router(f"{PATH}/{{edition_id}}")
_CHANGED = 409
_FAULTY = 422


@router.get("")
async def begin(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """The form, and the acts that were decided before."""
    edition = await _edition(request, edition_id)
    return await _form(request, edition, Form(entered.new_values(edition)))


@router.post("")
async def change(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """Back from the preview: the form as it was filled in; with a row for another territory, where that is asked."""
    form = await request.form()
    values = entered.values_of(form)
    if "add_row" in form:
        values = regions.with_another_row(values)
    return await _form(request, await _edition(request, edition_id), Form(values))


@router.post("/apercu")
async def preview(request: Request, edition_id: str, _staff: StaffMember) -> Response:
    """What the act would do. Changes nothing."""
    return await _preview(request, edition_id, entered.values_of(await request.form()))


@router.post("/actes")
async def confirm(request: Request, edition_id: str, staff: StaffMember) -> Response:
    """Decide what was shown. Where something has changed since, what would happen now is shown instead."""
    form = await request.form()
    values = entered.values_of(form)
    edition = await _edition(request, edition_id)
    content = entered.read(values, edition)
    if not isinstance(content, ActContent):
        return await _form(request, edition, Form(values, content), status=_FAULTY)
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
    before = await _edition(request, edition_id)
    content = entered.read(values, before)
    if not isinstance(content, ActContent):
        return await _form(request, before, Form(values, content), status=_FAULTY)
    try:
        async with pages.reading(request) as connection:
            shown = await operations.show(
                connection,
                edition_id,
                content,
                key=request.app.state.signing_key,
                school_holidays=request.app.state.school_holidays,
                now=datetime.now(UTC),
            )
    except Problem as problem:
        if problem.status != _FAULTY:
            raise
        return await _form(request, before, Form(values, entered.faults_by(problem)), status=_FAULTY)
    return pages.render(
        request,
        "editions/preview.html",
        status=_CHANGED if outdated else 200,
        before=before,
        edition=shown.edition,
        act=shown.edition.act,
        changes=changes(before, shown.edition),
        effects=shown.effects,
        places=regions.named(shown.effects.places),
        unknown_in=sorted(territory.name_of(each) or each for each in shown.effects.school_holidays_unknown_in),
        people=shown.audience,
        token=shown.token,
        values=values,
        outdated=outdated,
    )


async def _edition(request: Request, edition_id: str) -> EditionState:
    async with pages.reading(request) as connection:
        return await the_edition(connection, edition_id)


async def _form(request: Request, edition: EditionState, form: Form, **options: Any) -> Response:
    async with pages.reading(request) as connection:
        acts = await store.read_all(connection, edition.id)
    return pages.render(
        request,
        "editions/act.html",
        edition=edition,
        acts=acts,
        form=form,
        kinds=entered.KINDS,
        policies=entered.POLICIES,
        rows=regions.rows_in(form.values),
        regions_open=not regions.says_nothing(form.values, edition),
        most_rows=regions.MOST_ROWS,
        territories=territories.groups(),
        **options,
    )
