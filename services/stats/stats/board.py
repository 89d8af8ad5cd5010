"""
The board: the figures of every edition, counted once per process for all viewers.

It listens to the database, so that it notices whichever process has handled the messages. An idle system costs
nothing and shows a change at once; a busy one is counted at most four times a second.
"""

import asyncio
from collections import deque
from datetime import UTC, datetime

import structlog

from shared.runtime.database import Connection, Database, is_transient
from stats import gauges, operations, store
from stats.domain import Edition
from stats.feed import Feed
from stats.pace import COUNTS_A_SECOND, next_count

_RECOUNT_SECONDS = 30.0
"""How often all is counted without notice: rows changed by hand notify nobody."""
_RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Board:
    """One feed per edition, kept up to date by `run`."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._dirty: set[str] = set()
        self._all_dirty = True
        self._awake = asyncio.Event()
        self.editions: dict[str, Edition] = {}
        self.feeds: dict[str, Feed] = {}
        self.changed = asyncio.Event()
        """Set after each change of any feed; its one reader clears it."""

    def feed(self, edition_id: str) -> Feed:
        return self.feeds.setdefault(edition_id, Feed(edition_id))

    def close(self) -> None:
        """End all streams."""
        for feed in self.feeds.values():
            feed.close()

    async def prepare(self) -> None:
        """Count everything once, so that the first viewer finds figures."""
        async with self._database.reading() as connection:
            await self._count(connection, everything=True)

    async def run(self) -> None:
        """Listen and count until cancelled; while the database is away, keep trying."""
        while True:
            try:
                await self._listen()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("board interrupted", error=repr(error), again_in=_RETRY_SECONDS)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._database.own_session("board") as connection:
            connection.add_termination_listener(lambda _: self._awake.set())
            await connection.add_listener(store.CHANNEL, self._notice)
            self._all_dirty = True
            counts: deque[float] = deque(maxlen=COUNTS_A_SECOND)
            while True:
                counts.append(asyncio.get_running_loop().time())
                await self._count(connection, everything=self._all_dirty)
                self._all_dirty = False
                await asyncio.sleep(next_count(counts) - asyncio.get_running_loop().time())
                await self._wait()

    def _notice(self, _connection: object, _pid: int, _channel: str, edition_id: object) -> None:
        self._dirty.add(str(edition_id))
        self._awake.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_RECOUNT_SECONDS):
                await self._awake.wait()
        except TimeoutError:
            self._all_dirty = True
        self._awake.clear()

    async def _count(self, connection: Connection, *, everything: bool) -> None:
        dirty, self._dirty = self._dirty, set()
        self.editions = await store.editions(connection)
        for edition_id in sorted({*self.editions, *self.feeds} if everything else dirty):
            figures = await operations.figures(connection, edition_id=edition_id)
            if changed := self.feed(edition_id).update(figures=figures, as_of=datetime.now(UTC)):
                gauges.show(edition_id=edition_id, changed=changed)
                self.changed.set()
