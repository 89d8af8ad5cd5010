"""Where a member of the committee says whether, where and how often a digest comes."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi import Form as Field
from pydantic import ValidationError

from notifications.digests import api, store
from notifications.digests.domain import contact_id
from shared import pages
from shared.pages import Form
from shared.pages.languages import language_of
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router("/recapitulatif")
Member = Annotated[Caller, Depends(pages.only_for("staff", "referent"))]
Entered = Annotated[str, Field()]


@router.get("")
async def digest(
    request: Request,
    connection: Reading,
    member: Member,
    done: Annotated[str, Query(pattern=r"^(saved|off)?$")] = "",
) -> Response:
    """What there is, to change."""
    found = await store.read(connection, contact_id(member))
    form = Form({"email": found["email"], "every": found["every"]} if found else {"every": "day"})
    return _page(request, form, on=found is not None, done=done)


@router.post("")
async def save(request: Request, member: Member, email: Entered = "", every: Entered = "day") -> Response:
    """Keep it, in the language of the page."""
    entered = Form({"email": email, "every": every})
    try:
        wanted = api.Wanted.model_validate({"email": email.strip(), "every": every, "language": language_of(request)})
    except ValidationError as error:
        return _page(request, entered.with_faults(pages.faults_of(error)), on=False, status=422)
    async with pages.changing(request) as connection:
        await api.keep(connection, member, wanted)
    return pages.redirect("/recapitulatif?done=saved")


@router.post("/off")
async def off(request: Request, member: Member) -> Response:
    """No digest any more; the address is erased."""
    async with pages.changing(request) as connection:
        await store.erase(connection, [contact_id(member)])
    return pages.redirect("/recapitulatif?done=off")


def _page(request: Request, form: Form, *, on: bool, done: str = "", status: int = 200) -> Response:
    return pages.render(request, "digest.html", status=status, form=form, on=on, done=done)
