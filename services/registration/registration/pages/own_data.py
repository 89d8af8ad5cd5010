"""What is kept about a person: asked for by address, downloaded or erased by a mailed code. No address in any URL."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import Form as Field
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from registration.persons import own
from registration.persons.api import Export
from shared import pages
from shared.contracts.base import EmailAddress
from shared.pages import Fault, Form
from shared.runtime.http.problems import Problem

router = pages.router("/mes-donnees")
_EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)
Entered = Annotated[str, Field()]


@router.get("")
async def own_data(request: Request) -> Response:
    """Where one asks for the code."""
    return pages.render(request, "data/ask.html", form=Form())


@router.post("")
async def ask(request: Request, email: Entered = "") -> Response:
    """Mail a code. The page that follows does not tell whether anything is kept under the address."""
    try:
        address = _EMAIL.validate_python(email.strip())
    except ValidationError:
        form = Form({"email": email}, [Fault(field="email", kind="invalid")])
        return pages.render(request, "data/ask.html", form=form, status=422)
    async with pages.changing(request) as connection:
        await own.ask(connection, email=address, now=datetime.now(UTC))
    return pages.redirect("/mes-donnees/sent")


@router.get("/sent")
async def sent(request: Request) -> Response:
    return pages.render(request, "data/sent.html")


@router.get("/code")
async def enter_code(request: Request) -> Response:
    """The mailed link leads here, the code behind its `#`: fetching it spends nothing, pressing the button does."""
    return pages.render(request, "data/code.html", form=Form({"what": "export"}))


@router.post("/code")
async def use_code(request: Request, code: Entered = "", what: Entered = "", sure: Entered = "") -> Response:
    """Download, or erase where one is sure. Either spends the code."""
    entered = Form({"code": code, "what": what, "sure": sure})
    if what not in {"export", "erase"}:
        return _again(request, entered, Fault(field="what", kind="missing"))
    if what == "erase" and sure != "yes":
        return _again(request, entered, Fault(field="sure", kind="missing"))
    now = datetime.now(UTC)
    try:
        async with pages.changing(request) as connection:
            if what == "erase":
                await own.erase(connection, code=code.strip(), now=now)
            else:
                found = Export.model_validate(await own.export(connection, code=code.strip(), now=now))
    except Problem as problem:
        if problem.status != 403:  # noqa: PLR2004 - the code's own refusal
            raise
        return _again(request, entered, Fault(field="code", kind="invalid"))
    if what == "erase":
        return pages.redirect("/mes-donnees/erased")
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"', "Cache-Control": "private, no-store"}
    written = orjson.dumps(found.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
    return Response(written, headers=headers, media_type="application/json")


@router.get("/erased")
async def erased(request: Request) -> Response:
    return pages.render(request, "data/erased.html")


def _again(request: Request, entered: Form, fault: Fault) -> Response:
    return pages.render(request, "data/code.html", form=entered.with_faults([fault]), status=422)
