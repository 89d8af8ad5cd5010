"""
Who looks at a page: the bearer of the token in the cookie `session`.

The cookie opens pages alone. `/v1` asks for `Authorization`, which no other site can make a browser send.
"""

import time
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.runtime.http.problems import Problem
from shared.runtime.tokens import SESSION_COOKIE, Caller, Role, Tokens

SIGN_IN = "/signin"


class SignInFirst(Exception):  # noqa: N818 - an answer, not a fault
    """The page is for somebody who has signed in."""


def visitor_of(request: Request) -> Caller | None:
    """Who has signed in; None without a session, or when it has expired."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    tokens: Tokens = request.app.state.tokens
    try:
        return tokens.bearer(f"Bearer {token}")
    except (JoseError, ValueError, TypeError):
        return None


async def _visitor(request: Request) -> Caller | None:
    return visitor_of(request)


Visitor = Annotated[Caller | None, Depends(_visitor)]


class only_for:  # noqa: N801 - reads as a word in route signatures
    """A dependency: the visitor, who must have one of these roles; sends others to sign in, or 403."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, visitor: Visitor) -> Caller:
        if visitor is None:
            raise SignInFirst
        if visitor.role not in self.roles:
            raise Problem(403, "Not allowed", f"This page is for {' or '.join(self.roles)}; you are {visitor.role}.")
        return visitor


def sign_in_first(request: Request) -> Response:
    """To the page where one signs in, and back afterwards."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = f"{SIGN_IN}?{urlencode({'next': back})}" if request.method == "GET" else SIGN_IN
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def begin_session(response: Response, *, token: str, tokens: Tokens, secure: bool) -> Caller:
    """Keep the token in the visitor's browser. Raises as `Tokens.bearer` when it is not valid."""
    caller, expires = tokens.checked(token)
    response.set_cookie(
        SESSION_COOKIE, token, max_age=max(int(expires - time.time()), 0), httponly=True, samesite="lax", secure=secure
    )
    return caller


def end_session(response: Response, *, secure: bool) -> None:
    """Forget the token."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)
