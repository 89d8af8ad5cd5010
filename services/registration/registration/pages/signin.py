"""Signing in and out. Organisers by a code that is mailed to them, the others by a token that staff give them."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form as Field
from fastapi import Request, Response
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import TypeAdapter, ValidationError

from registration.organisers import operations
from registration.pages.organiser.drafts import begin_first
from shared import pages
from shared.contracts.base import EmailAddress
from shared.pages import Fault, Form
from shared.pages.addresses import HOMES, local
from shared.runtime.http.problems import Problem

router = pages.router()
_EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)
Entered = Annotated[str, Field()]


@router.get("/signin")
async def signin(request: Request, visitor: pages.Visitor) -> Response:
    """Where one signs in; who has signed in already is sent on."""
    next_ = local(request.query_params.get("next"), otherwise="")
    if visitor is not None:
        return pages.redirect(next_ or HOMES[visitor.role])
    return _page(request, next_=next_)


@router.post("/signin")
async def ask_for_code(request: Request, email: Entered = "", next: Entered = "") -> Response:  # noqa: A002 - the field's name
    """Mail a code to an organiser. The page that follows does not tell whether there is one of this address."""
    try:
        address = _EMAIL.validate_python(email.strip())
    except ValidationError:
        form = Form({"email": email}, [Fault(field="email", kind="invalid")])
        return _page(request, next_=next, email=form, status=422)
    async with pages.changing(request) as connection:
        await operations.ask_for_access(connection, email=address, now=datetime.now(UTC))
    return pages.redirect("/signin/sent")


@router.get("/signin/sent")
async def sent(request: Request) -> Response:
    return pages.render(request, "signin/sent.html")


@router.get("/signin/code")
async def enter_code(request: Request) -> Response:
    """The mailed link leads here, the code behind its `#`: fetching it spends nothing, pressing the button does."""
    return pages.render(request, "signin/code.html", form=Form())


@router.post("/signin/code")
async def use_code(request: Request, code: Entered = "") -> Response:
    """Exchange a code for a session. Who has no event yet begins with a draft."""
    key: OKPKey = request.app.state.signing_key
    try:
        async with pages.changing(request) as connection:
            token, organiser_id = await operations.exchange_code(
                connection, code=code.strip(), key=key, now=datetime.now(UTC)
            )
            first = await begin_first(connection, organiser_id)
    except Problem as problem:
        if problem.status != 403:  # noqa: PLR2004 - the code's own refusal
            raise
        form = Form({}, [Fault(field="code", kind="invalid")])
        return pages.render(request, "signin/code.html", status=422, form=form)
    return _begun(request, token, next_=first)


@router.post("/signin/token")
async def use_token(request: Request, token: Entered = "", next: Entered = "") -> Response:  # noqa: A002
    """Begin a session with a token, as `semaine token` prints it."""
    try:
        return _begun(request, token.strip(), next_=next)
    except (JoseError, ValueError, TypeError):
        form = Form({}, [Fault(field="token", kind="invalid")])
        return _page(request, next_=next, token=form, status=422)


@router.post("/signout")
async def signout(request: Request) -> Response:
    response = pages.redirect("/")
    pages.end_session(response, secure=pages.site_of(request).secure)
    return response


def _page(
    request: Request, *, next_: str, email: Form | None = None, token: Form | None = None, status: int = 200
) -> Response:
    return pages.render(
        request, "signin/signin.html", status=status, next=next_, email=email or Form(), token=token or Form()
    )


def _begun(request: Request, token: str, *, next_: str) -> Response:
    response = pages.redirect("/")
    secure = pages.site_of(request).secure
    caller = pages.begin_session(response, token=token, tokens=request.app.state.tokens, secure=secure)
    response.headers["location"] = local(next_, otherwise=HOMES[caller.role])
    return response
