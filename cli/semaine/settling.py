"""Wait until a system has come to rest."""

import asyncio
import time

from semaine.addresses import Addresses
from semaine.backlog import Backlog, BacklogReader
from semaine.failure import Failure

_LOOK_SECONDS = 0.2
_PROGRESS_SECONDS = 2.0


class NotSettledError(Failure):
    """The system did not come to rest in time; the message says what was left."""

    exit_code = 3


async def settle(backlog: BacklogReader, *, patience: float) -> None:
    """
    Wait until every outbox is empty, every consumer has caught up and every notice has been tried.

    `patience`: seconds without any progress after which `NotSettledError` is raised.
    """
    last: Backlog | None = None
    moved_at = time.monotonic()
    while not await backlog.settled():
        if time.monotonic() - moved_at > _PROGRESS_SECONDS:
            now = await backlog.read()
            if now != last:
                last, moved_at = now, time.monotonic()
            elif time.monotonic() - moved_at > patience:
                raise NotSettledError(f"no progress for {patience:.0f} s; left: {now.sentence()}")
        await asyncio.sleep(_LOOK_SECONDS)


async def settle_at(where: Addresses, *, patience: float) -> None:
    """As `settle`, for a system by its addresses."""
    async with BacklogReader(database_urls=where.database_urls, bootstrap_servers=where.bootstrap_servers) as backlog:
        await settle(backlog, patience=patience)
