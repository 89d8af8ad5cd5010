"""The background task that works redecisions off."""

import asyncio
from datetime import UTC, datetime

import structlog

from labelling.redecisions import operations
from shared.runtime.database import Database

_LOOK_EVERY_SECONDS = 2

log = structlog.get_logger(__name__)


async def keep_up(database: Database) -> None:
    """Work off what there is, look for more now and then, until cancelled."""
    while True:
        try:
            await work_off(database)
        except Exception as error:  # noqa: BLE001 - the step was rolled back, and is taken again
            log.warning("redecision interrupted", error=repr(error))
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def work_off(database: Database) -> None:
    """Every step that there is to take."""
    under_way = True
    while under_way:
        async with database.transaction() as connection:
            under_way = await operations.go_on(connection, now=datetime.now(UTC))
