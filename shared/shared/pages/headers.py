"""What a browser may do with a page: nothing from elsewhere, nothing inline, in nobody's frame."""

from collections.abc import Mapping

from starlette.requests import Request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
}
_SECURE = {"Strict-Transport-Security": "max-age=31536000"}


def headers(request: Request, *, secure: bool, personal: bool) -> Mapping[str, str]:
    """Of a page. `personal`: it says what others must not read, so no cache keeps it."""
    kept = {"Cache-Control": "private, no-store" if personal else "private, no-cache"}
    boosted = {"Vary": f"{_ALWAYS['Vary']}, HX-Request"} if "hx-request" in request.headers else {}
    return _ALWAYS | kept | boosted | (_SECURE if secure else {})
