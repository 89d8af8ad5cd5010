"""Endpoints: all of them for staff, its own for a partner; changed, tested, switched off and on."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import ValidationError

from notifications.caller import own_id
from notifications.pages import choices
from notifications.pages.access import PATH, StaffOrPartner, address_of, check_enabled, the_partner
from notifications.pages.states import states
from notifications.partners import operations, store
from notifications.partners.requests import PartnerChanges
from shared import pages
from shared.pages import Form
from shared.runtime.clock import now_by
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router(PATH)
_ON_A_PAGE = 50


@router.get("")
async def list_endpoints(
    request: Request, connection: Reading, caller: StaffOrPartner, after: UUID | None = None
) -> Response:
    """All endpoints; a partner is led to its own."""
    if caller.role == "partner":
        own = await store.find(connection, id_=own_id(caller))
        if own is not None:
            return pages.redirect(address_of(own.id))
        found = []
    else:
        found = await store.page(connection, after=after, limit=_ON_A_PAGE + 1)
    shown = found[:_ON_A_PAGE]
    return pages.render(
        request,
        "partners/list.html",
        partners=shown,
        states=await states(connection, shown, now=await now_by(connection)),
        first=PATH if after else None,
        next=f"{PATH}?after={shown[-1].id}" if len(found) > _ON_A_PAGE else None,
    )


@router.get("/{partner_id}")
async def show_endpoint(
    request: Request,
    partner_id: UUID,
    connection: Reading,
    caller: StaffOrPartner,
    done: Annotated[str, Query(pattern=r"^(changed|saved|on|off)?$")] = "",
) -> Response:
    """One endpoint: how it stands and what can be done."""
    partner = await the_partner(connection, caller, partner_id)
    known = await states(connection, [partner], now=await now_by(connection))
    return pages.render(
        request,
        "partners/endpoint.html",
        partner=partner,
        state=known[partner.id],
        done=done,
        at=address_of(partner_id),
    )


@router.get("/{partner_id}/modifier")
async def change_form(request: Request, partner_id: UUID, connection: Reading, caller: StaffOrPartner) -> Response:
    """The form with what holds now."""
    partner = await the_partner(connection, caller, partner_id)
    return _form(request, partner_id, choices.form_of(partner))


@router.post("/{partner_id}/modifier")
async def change(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Change where and what of the partner is told."""
    entered = Form(await request.form())
    try:
        changes = PartnerChanges.model_validate(choices.values_of(entered))
    except ValidationError as error:
        return _form(request, partner_id, entered.with_faults(choices.faults_of(error)))
    allow_private: bool = request.app.state.settings.webhook_allow_private
    if faults := choices.faults_of_address(changes.url or "", allow_private=allow_private):
        return _form(request, partner_id, entered.with_faults(faults))
    given = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in changes.model_dump(exclude={"enabled"}).items()
    }
    await _change(request, partner_id, caller, given, enabled=None)
    return pages.redirect(address_of(partner_id, "?done=saved"))


@router.post("/{partner_id}/arret")
async def switch_off(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Send nothing more; what waits is given up."""
    await _change(request, partner_id, caller, {}, enabled=False)
    return pages.redirect(address_of(partner_id, "?done=off"))


@router.post("/{partner_id}/reprise")
async def switch_on(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Send again; what was held against the endpoint is forgotten."""
    await _change(request, partner_id, caller, {}, enabled=True)
    return pages.redirect(address_of(partner_id, "?done=on"))


@router.post("/{partner_id}/essai")
async def send_test(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Send a webhook of type `test`; the log shows what becomes of it."""
    async with pages.changing(request) as connection:
        check_enabled(await the_partner(connection, caller, partner_id))
        await operations.send_test(connection, id_=partner_id, now=await now_by(connection))
    return pages.redirect(address_of(partner_id, "/envois?done=test"))


async def _change(
    request: Request, partner_id: UUID, caller: Caller, given: dict[str, Any], *, enabled: bool | None
) -> None:
    async with pages.changing(request) as connection:
        await the_partner(connection, caller, partner_id)
        now = await now_by(connection)
        if await operations.change(connection, id_=partner_id, changes=given, enabled=enabled, now=now) is None:
            raise not_found("partner", partner_id)


def _form(request: Request, partner_id: UUID, form: Form) -> Response:
    status = 422 if form.faults else 200
    at = address_of(partner_id)
    return pages.render(request, "partners/change.html", status=status, form=form, at=at, offered=choices.OFFERED)
