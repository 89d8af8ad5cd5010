"""The worker that passes free places on. Any number of processes may: each step holds the guest list."""

import asyncio
from datetime import timedelta

import structlog

from registration.waiting import operations, store
from shared.runtime.clock import now_by
from shared.runtime.database import Database, is_transient

log = structlog.get_logger(__name__)


class Worker:
    """Tends waiting lists until cancelled. `longest`: how long an offer holds at most."""

    def __init__(self, *, database: Database, longest: timedelta, poll: timedelta) -> None:
        self._database = database
        self._longest = longest
        self._poll = poll

    async def run(self) -> None:
        while True:
            try:
                await self._tend_all()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("waiting lists wait for the database", error=repr(error))
            await asyncio.sleep(self._poll.total_seconds())

    async def _tend_all(self) -> None:
        async with self._database.reading() as connection:
            events = await store.to_tend(connection, now=await now_by(connection), limit=operations.LISTS_AT_A_TIME)
        for event_id in events:
            async with self._database.transaction() as connection:
                await operations.tend(connection, event_id, longest=self._longest, now=await now_by(connection))
