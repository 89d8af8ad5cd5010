"""Where a partner says whether, where and how often a digest comes, and where its reader says yes to it."""

from typing import Annotated
from uuid import UUID

from fastapi import Form as Field
from fastapi import Query, Request, Response
from pydantic import ValidationError

from notifications.digests import store as digests
from notifications.digests.api import Wanted
from notifications.digests.of_partners import api, operations, store
from notifications.digests.of_partners.domain import Wish, contact_of
from notifications.pages.access import PATH, StaffOrPartner, address_of, the_partner
from notifications.partners.domain import Partner
from shared import pages
from shared.pages import Fault, Form
from shared.pages.languages import language_of
from shared.runtime.clock import now_by
from shared.runtime.http.problems import Problem
from shared.runtime.http.reading import Reading

router = pages.router()
CONFIRMATION = "/recapitulatif/confirmation"
_AT = "/recapitulatif"
_REFUSED = 403
_TOO_OFTEN = 429
Entered = Annotated[str, Field()]


@router.get(f"{PATH}/{{partner_id}}{_AT}")
async def digest(
    request: Request,
    partner_id: UUID,
    connection: Reading,
    caller: StaffOrPartner,
    done: Annotated[str, Query(pattern=r"^(saved|off)?$")] = "",
) -> Response:
    """What there is, to change."""
    partner = await the_partner(connection, caller, partner_id)
    wish = await store.read(connection, partner_id)
    form = Form({"email": wish.email, "every": wish.every} if wish else {"every": "day"})
    return _page(request, partner, form, wish=wish, done=done)


@router.post(f"{PATH}/{{partner_id}}{_AT}")
async def save(
    request: Request, partner_id: UUID, caller: StaffOrPartner, email: Entered = "", every: Entered = "day"
) -> Response:
    """Keep it, in the language of the page; a new address is asked first."""
    entered = Form({"email": email, "every": every})
    async with pages.reading(request) as connection:
        partner = await the_partner(connection, caller, partner_id)
        before = await store.read(connection, partner_id)
    try:
        wanted = Wanted.model_validate({"email": email.strip(), "every": every, "language": language_of(request)})
        async with pages.changing(request) as connection:
            await api.keep(connection, partner_id, wanted)
    except ValidationError as error:
        return _page(request, partner, entered.with_faults(pages.faults_of(error)), wish=before, status=422)
    except Problem as problem:
        if problem.status != _TOO_OFTEN:
            raise
        faulty = entered.with_faults([Fault(field="email", kind="too_often")])
        return _page(request, partner, faulty, wish=before, status=_TOO_OFTEN)
    return pages.redirect(address_of(partner_id, f"{_AT}?done=saved"))


@router.post(f"{PATH}/{{partner_id}}{_AT}/off")
async def off(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """No digest any more; the address is erased."""
    async with pages.changing(request) as connection:
        await the_partner(connection, caller, partner_id)
        await digests.erase(connection, [contact_of(partner_id)])
    return pages.redirect(address_of(partner_id, f"{_AT}?done=off"))


@router.get(CONFIRMATION)
async def ask(request: Request, code: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The mailed link leads here: fetching it spends nothing, pressing the button does."""
    return pages.render(request, "digest_confirmation.html", code=code, confirmed=False, refused=False)


@router.post(CONFIRMATION)
async def confirm(request: Request, code: Entered = "") -> Response:
    """Say yes, once."""
    try:
        async with pages.changing(request) as connection:
            await operations.confirm(connection, code.strip(), now=await now_by(connection))
    except Problem as problem:
        if problem.status != _REFUSED:
            raise
        return pages.render(
            request, "digest_confirmation.html", status=_REFUSED, code="", confirmed=False, refused=True
        )
    return pages.render(request, "digest_confirmation.html", code="", confirmed=True, refused=False)


def _page(
    request: Request, partner: Partner, form: Form, *, wish: Wish | None, done: str = "", status: int = 200
) -> Response:
    return pages.render(
        request,
        "partners/digest.html",
        status=status,
        partner=partner,
        form=form,
        wish=wish,
        done=done,
        at=address_of(partner.id),
    )
