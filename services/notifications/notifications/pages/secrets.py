"""
Where a secret is shown: once, in the answer to the form that makes it.

A form sent again (by going back, or reloading) makes no second secret: the first one would be lost.
"""

from uuid import UUID

from fastapi import Request, Response
from pydantic import ValidationError

from notifications.pages import choices
from notifications.pages.access import PATH, StaffMember, StaffOrPartner, address_of, the_partner
from notifications.partners import operations, store
from notifications.partners.domain import Partner
from notifications.partners.requests import NewPartner
from shared import pages
from shared.pages import Form
from shared.runtime.clock import now_by
from shared.runtime.identifiers import new_id

router = pages.router(PATH)
_NEVER_KEPT = {"Cache-Control": "no-store"}


@router.get("/nouveau")
async def new_endpoint(request: Request, _staff: StaffMember) -> Response:
    """The form of a new endpoint."""
    return _form(request, Form({"id": str(new_id()), "batch": 1}))


@router.post("")
async def register(request: Request, _staff: StaffMember) -> Response:
    """Register an endpoint and show its secret."""
    entered = Form(await request.form())
    try:
        new = NewPartner.model_validate(choices.values_of(entered))
        id_ = UUID(str(entered.value("id")))
    except ValidationError as error:
        return _form(request, entered.with_faults(choices.faults_of(error)))
    except ValueError:
        return pages.redirect(f"{PATH}/nouveau")
    allow_private: bool = request.app.state.settings.webhook_allow_private
    if faults := choices.faults_of_address(new.url, allow_private=allow_private):
        return _form(request, entered.with_faults(faults))
    async with pages.changing(request) as connection:
        if await store.find(connection, id_=id_) is not None:
            return pages.redirect(address_of(id_))
        wanted = new.partner(id_=id_, now=await now_by(connection))
        partner, secret = await operations.register(connection, wanted=wanted)
    return _secret(request, partner, secret, status=201)


@router.post("/{partner_id}/secret")
async def rotate(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Replace the secret and show the new one. `seen`: the endpoint's last change, as the form knew it."""
    seen = str(Form(await request.form()).value("seen"))
    async with pages.changing(request) as connection:
        partner = await the_partner(connection, caller, partner_id, lock=True)
        if seen != partner.changed_at.isoformat():
            return pages.redirect(address_of(partner_id, "?done=changed#secret"))
        secret = await operations.rotate_secret(connection, id_=partner_id, now=await now_by(connection))
        assert secret is not None  # the row is locked
    return _secret(request, partner, secret, rotated=True)


def _form(request: Request, form: Form) -> Response:
    status = 422 if form.faults else 200
    return pages.render(request, "partners/new.html", status=status, form=form, offered=choices.OFFERED)


def _secret(request: Request, partner: Partner, secret: str, *, status: int = 200, rotated: bool = False) -> Response:
    return pages.render(
        request,
        "partners/secret.html",
        status=status,
        headers=_NEVER_KEPT,
        partner=partner,
        secret=secret,
        rotated=rotated,
    )
