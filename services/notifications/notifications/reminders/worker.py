"""The worker that looks for reminders that are due. Any number of processes may."""

import asyncio
from datetime import timedelta

import structlog

from notifications.reminders import operations
from shared.runtime.clock import now_by
from shared.runtime.database import Database, is_transient

log = structlog.get_logger(__name__)


class Reminding:
    """Queues what is due until cancelled."""

    def __init__(self, *, database: Database, poll: timedelta) -> None:
        self._database = database
        self._poll = poll

    async def run(self) -> None:
        while True:
            try:
                while await self._remind():
                    pass
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("reminders wait for the database", error=repr(error))
            await asyncio.sleep(self._poll.total_seconds())

    async def _remind(self) -> bool:
        async with self._database.transaction() as connection:
            return await operations.remind(connection, now=await now_by(connection))
