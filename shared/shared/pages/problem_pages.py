"""A problem as a page, for who asks for HTML; programs get problem details (RFC 9457)."""

from starlette.requests import Request
from starlette.responses import Response

from shared.pages.rendering import render
from shared.runtime.http.problems import Problem

_TOLD = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
"""Statuses with words of their own in the translations."""


def page(request: Request, problem: Problem) -> Response | None:
    """None where the answer is for a program: under `/v1`, or without `text/html` among what is accepted."""
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return None
    told = problem.status if problem.status in _TOLD else 500 if problem.status >= 500 else 400  # noqa: PLR2004
    return render(
        request,
        "problem.html",
        status=problem.status,
        headers={**problem.headers, "Cache-Control": "no-store"},
        problem=problem,
        told=told,
    )
