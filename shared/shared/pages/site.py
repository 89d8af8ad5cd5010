"""A service's pages put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.base import Language
from shared.pages import files as static
from shared.pages import formats, problem_pages
from shared.pages.languages import LANGUAGES, Texts
from shared.pages.visitors import SignInFirst, sign_in_first

_SHARED = "shared.pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What `render` needs. `public_url`: the gateway's address as people see it, without a slash at its end."""

    public_url: str
    environments: Mapping[Language, Environment]

    @property
    def secure(self) -> bool:
        """Whether cookies are sent by TLS alone."""
        return self.public_url.startswith("https:")


def install(app: FastAPI, *, package: str, public_url: str, routers: Sequence[APIRouter]) -> None:
    """Give a service its pages. `package`: where its `templates` and `translations` stand, as `registration.pages`."""
    app.state.site = Site(
        public_url=public_url.rstrip("/"),
        environments={language: _environment(language, (_SHARED, package)) for language in LANGUAGES},
    )
    app.state.problem_page = problem_pages.page

    @app.exception_handler(SignInFirst)
    async def _sign_in_first(request: Request, _: SignInFirst) -> Response:
        return sign_in_first(request)

    app.add_route("/static/{digest}/{name}", static.serve, ["GET", "HEAD"], include_in_schema=False)
    for each in routers:
        app.include_router(each)


def _environment(language: Language, packages: Sequence[str]) -> Environment:
    """A service's own template may extend or replace a shared one of the same name."""
    folders = [Path(str(files(package) / "templates")) for package in reversed(packages)]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"t": Texts(language, packages), "lang": language, "static": static.address}
    environment.filters |= formats.filters(language)
    return environment
