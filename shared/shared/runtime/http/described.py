"""What FastAPI leaves out of the OpenAPI document: the media type of problems, and who may call what."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.runtime.http import problems
from shared.runtime.tokens import caller_of, require

_TOKEN = "token"  # noqa: S105 - the name of the scheme
_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A signed token with a role and a subject. Organisers get theirs by e-mail, others from the staff.",
}


class DescribedAPI(FastAPI):
    """An application whose OpenAPI document names the roles of each operation."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            for route in iter_route_contexts(self.routes):
                if isinstance(route.original_route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        _describe(document["paths"][route.path_format][method.lower()], route.dependant)
            document["components"]["securitySchemes"] = {_TOKEN: _SCHEME}
        assert self.openapi_schema is not None
        return self.openapi_schema


def _describe(operation: dict[str, Any], dependant: Dependant) -> None:
    problem = operation["responses"]["default"]["content"]
    problem[problems.MEDIA_TYPE] = problem.pop("application/json")
    asked = [each.call for each in _dependencies(dependant)]
    roles = [role for call in asked if isinstance(call, require) for role in call.roles]
    if roles:
        operation["security"] = [{_TOKEN: roles}]
    elif caller_of in asked:
        operation["security"] = [{}, {_TOKEN: []}]


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from _dependencies(each)
