"""Where a new organiser registers. A mailed code, as at sign-in, opens their space, and so proves the address."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from registration.organisers import operations
from registration.organisers.domain import NewOrganiser
from registration.pages.fields import text_of
from shared import pages
from shared.contracts.registration import OrganiserKind
from shared.pages import Fault, Form, faults_of
from shared.pages.addresses import HOMES
from shared.pages.languages import LANGUAGES, language_of

router = pages.router("/organisateur/inscription")
_KINDS = get_args(OrganiserKind)
_NUMBERS = ("siret", "uai", "rna")
_PLACES = {name: place for place, name in enumerate(NewOrganiser.model_fields)}
"""The form asks in the model's order."""


@router.get("")
async def register(request: Request, visitor: pages.Visitor) -> Response:
    """The form; who has signed in already is sent on."""
    if visitor is not None:
        return pages.redirect(HOMES[visitor.role])
    return _page(request, Form({"organiser.language": language_of(request)}))


@router.post("")
async def take(request: Request) -> Response:
    """Register and mail a code. The page that follows does not tell whether the organiser was known."""
    form = await request.form()
    entered = _entered(form)
    try:
        organiser = NewOrganiser.model_validate(entered)
    except ValidationError as error:
        return _page(request, Form(form, _faults(entered, error)), status=422)
    async with pages.changing(request) as connection:
        await operations.register_by_mail(connection, organiser, now=datetime.now(UTC))
    return pages.redirect("/organisateur/inscription/envoyee")


@router.get("/envoyee")
async def sent(request: Request) -> Response:
    return pages.render(request, "registering/sent.html")


def _entered(form: FormData) -> dict[str, str]:
    """What is written, by the names of `NewOrganiser`; a number that is not given is none."""
    written = {name: text_of(form, f"organiser.{name}") for name in NewOrganiser.model_fields}
    return {name: text for name, text in written.items() if text or name not in _NUMBERS}


def _faults(entered: Mapping[str, str], error: ValidationError) -> list[Fault]:
    """All at once: the model looks at a company's SIRET only when nothing else is wrong."""
    found = [each for each in faults_of(error) if each.field not in _NUMBERS or each.field in entered]
    if entered["kind"] == "company" and "siret" not in entered:
        found.append(Fault(field="siret", kind="missing"))
    in_order = sorted(found, key=lambda each: _PLACES.get(each.field, 0))
    return [replace(each, field=f"organiser.{each.field}") for each in in_order]


def _page(request: Request, form: Form, *, status: int = 200) -> Response:
    return pages.render(
        request, "registering/register.html", status=status, form=form, kinds=_KINDS, languages=LANGUAGES
    )
