"""Routes of pages, and what they do beside rendering."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from shared.pages import csrf
from shared.runtime.backlog import Backlog
from shared.runtime.database import Connection, Database


def router(prefix: str = "") -> APIRouter:
    """For a service's pages: in no API document, and no form without the check of where it comes from."""
    return APIRouter(
        prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse, dependencies=[Depends(csrf.check)]
    )


def redirect(path: str) -> RedirectResponse:
    """After a form: to the page that shows what it has done."""
    return RedirectResponse(path, 303)


@asynccontextmanager
async def reading(request: Request) -> AsyncIterator[Connection]:
    """
    A connection that only reads, for a moment.

    For routes that change something: with the dependency `Reading` they would hold two of the pool at once.
    """
    database: Database = request.app.state.database
    async with database.reading() as connection:
        yield connection


@asynccontextmanager
async def changing(request: Request) -> AsyncIterator[Connection]:
    """A transaction for what a form asks for; `Problem` (503) while too much waits to be published."""
    backlog: Backlog = request.app.state.backlog
    database: Database = request.app.state.database
    backlog.check()
    async with database.transaction() as connection:
        yield connection
