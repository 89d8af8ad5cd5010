"""What people would be told of an act that staff are about to decide, and how many partners: a part of its preview."""

from typing import Any, get_args

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from notifications.mails.api import SampleAct, samples_of
from notifications.pages.access import StaffMember
from shared import pages
from shared.contracts.base import Language
from shared.runtime.http.problems import Problem

router = pages.router("/envois/exemples")
ROLES = ("organiser", "attendee", "both")


@router.post("")
async def samples(request: Request, _staff: StaffMember) -> Response:
    """One message for each role, in both languages side by side; to htmx, the part that a preview shows."""
    act = _read(await request.form())
    async with pages.reading(request) as connection:
        found = await samples_of(request, connection, act)
    by_name = {(each.name, each.language): each for each in found.samples}
    return pages.render(
        request,
        "sending/samples_part.html" if "hx-request" in request.headers else "sending/samples.html",
        roles=[(role, [by_name[f"act-{role}", language] for language in get_args(Language)]) for role in ROLES],
        partners=found.partners,
    )


def _read(form: FormData) -> SampleAct:
    """Fields are named as in the API, with dots; what is empty is not given."""
    content: dict[str, Any] = {}
    for name, value in form.multi_items():
        if value and name != "csrf":
            outer, dot, inner = name.partition(".")
            if dot:
                content.setdefault(outer, {})[inner] = value
            else:
                content[outer] = value
    try:
        return SampleAct.model_validate(content)
    except ValidationError as error:
        raise Problem(422, "The act has errors", str(error)) from None
