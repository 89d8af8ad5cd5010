"""A connection for routes that only read."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from shared.runtime.database import Connection, Database


async def _reading(request: Request) -> AsyncIterator[Connection]:
    database: Database = request.app.state.database
    async with database.reading() as connection:
        yield connection


Reading = Annotated[Connection, Depends(_reading)]
