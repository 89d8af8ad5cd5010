"""From a template to a page: `render(request, "programme/home.html", …)`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from shared.pages import csrf, languages
from shared.pages.addresses import HOMES
from shared.pages.headers import headers as page_headers
from shared.pages.visitors import visitor_of

if TYPE_CHECKING:
    from shared.pages.site import Site

_YEAR_SECONDS = 365 * 24 * 3600


def site_of(request: Request) -> "Site":
    site: Site = request.app.state.site
    return site


def render(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """
    A page in the visitor's language.

    Templates know, beside `context`: `lang`, `t`, `visitor` (who has signed in, or None), `home` (where that visitor
    begins), `path`, `static(name)`, `in_language(code)` (this page's address in it), `csrf()` (for a form's hidden
    field; the component `ui.form` has it), the filters of `formats`.
    """
    site = site_of(request)
    language = languages.language_of(request)
    visitor = visitor_of(request)
    secret = csrf.Secret(request)
    text = (
        site.environments[language]
        .get_template(template)
        .render(
            context
            | {
                "request": request,
                "visitor": visitor,
                "home": HOMES[visitor.role] if visitor else None,
                "path": request.url.path,
                "public_url": site.public_url,
                "in_language": lambda code: _in_language(request, code),
                "csrf": secret.masked,
            }
        )
    )
    response = HTMLResponse(
        text,
        status,
        {**page_headers(request, secure=site.secure, personal=visitor is not None), "Content-Language": language}
        | dict(headers or {}),
    )
    secret.keep(response, secure=site.secure)
    if chosen := languages.chosen(request):
        response.set_cookie(
            languages.COOKIE, chosen, max_age=_YEAR_SECONDS, samesite="lax", secure=site.secure, httponly=True
        )
    return response


def _in_language(request: Request, code: str) -> str:
    """Of what was asked for by GET the same; else the page's own address."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != languages.PARAMETER]
    return f"{request.url.path}?{urlencode([*kept, (languages.PARAMETER, code)])}"
