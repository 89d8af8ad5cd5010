"""The background task that makes marks: not where events are decided, which is not to wait for it."""

import asyncio
from collections.abc import Callable

import structlog

from labelling.likenesses import operations
from shared.runtime.database import Database

_LOOK_EVERY_SECONDS = 2

log = structlog.get_logger(__name__)


async def keep_up(database: Database, *, busy: Callable[[], bool]) -> None:
    """Mark what is not marked, look for more now and then, until cancelled. While the service is `busy`, it waits."""
    while True:
        try:
            more = True
            while more and not busy():
                async with database.transaction() as connection:
                    more = await operations.mark_some(connection)
        except Exception as error:  # noqa: BLE001 - the step was rolled back, and is taken again
            log.warning("marks not made", error=repr(error))
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
