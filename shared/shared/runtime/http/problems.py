"""Errors over HTTP: problem details (RFC 9457), naming the field and the remedy."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
_NAMED = re.compile(r"^([a-z_]+): (.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, and what to do."""

    field: str
    detail: str
    remedy: str = ""


class Problem(Exception):  # noqa: N818 - the standard's name
    """An answer that is not a success. `detail` is a sentence for the caller."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457)."""

    class Error(BaseModel):
        field: str
        detail: str
        remedy: str = ""

    type: str = "about:blank"
    title: str = Field(examples=["The request has errors"])
    status: int = Field(examples=[422])
    detail: str = ""
    errors: list[Error] = []


Page: TypeAlias = Callable[[Request, Problem], Response | None]
"""Makes a page of a problem; None where the answer is for a program."""


def not_found(what: str, id_: object) -> Problem:
    return Problem(404, "Not found", f"There is no {what} {id_}.")


def response(problem: Problem) -> Response:
    """The problem as a response."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        document["errors"] = [asdict(error) for error in problem.errors]
    return Response(orjson.dumps(document), problem.status, problem.headers, MEDIA_TYPE)


def answer(request: Request, problem: Problem) -> Response:
    """The problem as the caller reads it: a page where the application has pages and one is asked for."""
    page: Page | None = getattr(request.app.state, "problem_page", None)
    return (page and page(request, problem)) or response(problem)


def install(app: FastAPI) -> None:
    """Make every refusal of the application a problem document; failures are the boundary's."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [_field_error(each) for each in error.errors()[:50]]
        problem = Problem(422, "The request has errors", "Correct the fields named and send it again.", errors=errors)
        return answer(request, problem)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(sorted(_methods_of(request)))
        return answer(request, Problem(error.status_code, str(error.detail), headers=headers))


def _methods_of(request: Request) -> set[str]:
    """All methods that the path has: the router names those of the first route alone."""
    routes = iter_route_contexts(request.app.routes)
    fitting = [each for each in routes if each.methods and each.path_regex.match(request.scope["path"])]
    return {method for each in fitting for method in each.methods or ()}


def _field_error(error: Mapping[str, Any]) -> FieldError:
    """A rule over several fields names the one to mend first: `siret: it is not possible`."""
    place = [str(part) for part in error["loc"] if part != "body"]
    detail = str(error["msg"])
    if detail.startswith("Value error, "):
        detail = detail.removeprefix("Value error, ")
        named = _NAMED.match(detail)
        if named:
            place.append(named[1])
            detail = named[2]
    return FieldError(field=".".join(place) or "body", detail=detail, remedy=_remedy(error["type"]))


def _remedy(kind: str) -> str:
    if kind == "missing":
        return "Add this field."
    if kind == "extra_forbidden":
        return "Remove this field, or correct its name."
    if kind == "json_invalid":
        return "Send valid JSON."
    return "Correct the value."
