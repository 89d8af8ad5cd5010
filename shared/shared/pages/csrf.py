"""
Forms that come from our own pages alone: a random secret in a cookie, and in the form the same secret, masked.

Another site can neither read the cookie nor set the field. Each page shows the secret under another mask, so that
compressed answers give nothing away. Browsers also say where a form comes from: that has to fit.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from shared.runtime.http.problems import Problem

COOKIE = "csrf"
FIELD = "csrf"
HEADER = "x-csrf-token"
_BYTES = 32
_SAFE = ("GET", "HEAD", "OPTIONS")


class Secret:
    """The visitor's secret while a page is made; its cookie is set only where a form has asked for it."""

    def __init__(self, request: Request) -> None:
        self._known = _decoded(request.cookies.get(COOKIE))
        self._new: bytes | None = None

    def masked(self) -> str:
        """For the hidden field of a form."""
        if self._known is None:
            self._known = self._new = secrets.token_bytes(_BYTES)
        mask = secrets.token_bytes(_BYTES)
        return _encoded(mask + _xor(mask, self._known))

    def keep(self, response: Response, *, secure: bool) -> None:
        """Set the cookie if the secret is new."""
        if self._new is not None:
            response.set_cookie(COOKIE, _encoded(self._new), httponly=True, samesite="lax", secure=secure)


async def check(request: Request) -> None:
    """A dependency of every page's route: refuses with `Problem` (403) what another site makes a browser send."""
    if request.method in _SAFE:
        return
    token = request.headers.get(HEADER)
    if token is None:
        token = str((await request.form()).get(FIELD, ""))
    if not (_from_here(request) and _fits(request.cookies.get(COOKIE), token)):
        raise Problem(
            403,
            "Form not accepted",
            "The form is too old, or cookies are blocked: go back, reload it and send it again.",
        )


def _from_here(request: Request) -> bool:
    """No script can set either header. Of a page that sends no referrer, `Origin` is `null`: the other decides."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin == "null":
        return site == "same-origin"
    own = {request.headers.get("host"), urlsplit(request.app.state.site.public_url).netloc}
    return origin is None or urlsplit(origin).netloc in own


def _fits(cookie: str | None, token: str) -> bool:
    secret, masked = _decoded(cookie), _decoded(token, size=2 * _BYTES)
    if secret is None or masked is None:
        return False
    return hmac.compare_digest(_xor(masked[:_BYTES], masked[_BYTES:]), secret)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str | None, *, size: int = _BYTES) -> bytes | None:
    try:
        data = urlsafe_b64decode((text or "") + "==")
    except ValueError:
        return None
    return data if len(data) == size else None
