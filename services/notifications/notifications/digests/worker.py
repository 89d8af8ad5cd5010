"""The worker that looks for digests that are due. Any number of processes may."""

import asyncio
from datetime import timedelta

import structlog

from notifications.digests import operations
from shared.runtime.clock import now_by
from shared.runtime.database import Database, is_transient

log = structlog.get_logger(__name__)


class Digesting:
    """Queues what is due until cancelled."""

    def __init__(self, *, database: Database, poll: timedelta) -> None:
        self._database = database
        self._poll = poll

    async def run(self) -> None:
        while True:
            try:
                while await self._tell():
                    pass
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("digests wait for the database", error=repr(error))
            await asyncio.sleep(self._poll.total_seconds())

    async def _tell(self) -> bool:
        async with self._database.transaction() as connection:
            return await operations.tell(connection, now=await now_by(connection))
