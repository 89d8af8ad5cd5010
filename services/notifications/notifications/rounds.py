"""Work that falls due: looked for in rounds, by any number of processes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import structlog

from shared.runtime.clock import now_by
from shared.runtime.database import Database, is_transient

Round: TypeAlias = Callable[..., Awaitable[bool]]
"""`round(connection, now=…)`: does some of what is due; answers whether there may be more."""

log = structlog.get_logger(__name__)


class Rounds:
    """Does what is due until cancelled. `what`: the work, as the log names it."""

    def __init__(self, round_: Round, *, what: str, database: Database, poll: timedelta) -> None:
        self._round = round_
        self._what = what
        self._database = database
        self._poll = poll

    async def run(self) -> None:
        while True:
            try:
                while await self._once():
                    pass
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("work that is due waits for the database", what=self._what, error=repr(error))
            await asyncio.sleep(self._poll.total_seconds())

    async def _once(self) -> bool:
        async with self._database.transaction() as connection:
            return await self._round(connection, now=await now_by(connection))
