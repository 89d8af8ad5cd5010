"""The ledger: outcomes of attempts, written down many at a time, however long the database is away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from notifications.deliveries.domain import Claimed, Outcome
from shared.runtime.database import Connection, Database, is_transient

Conclude: TypeAlias = Callable[[Connection, Sequence[tuple[Claimed, Outcome]]], Awaitable[None]]

_GATHERING_SECONDS = 0.03
"""A transaction for each outcome would take as long as the mails themselves."""
_DATABASE_AWAY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Ledger:
    """
    What was tried and is not in the database yet.

    `conclude` writes it down; `most`: how much that may be before more is tried.
    """

    def __init__(self, *, database: Database, conclude: Conclude, most: int) -> None:
        self._database = database
        self._conclude = conclude
        self._most = most
        self._tried: list[tuple[Claimed, Outcome]] = []
        self._unwritten = 0
        self._written = asyncio.Event()
        self._news = asyncio.Event()

    def note(self, claimed: Claimed, outcome: Outcome) -> None:
        """Remember an outcome; `run` writes it down."""
        self._tried.append((claimed, outcome))
        self._unwritten += 1
        self._news.set()

    async def room(self) -> None:
        """
        Wait until enough is written down to try more.

        What is sent while nothing can be written down is sent again by whoever takes over when the lease has run out.
        """
        while self._unwritten >= self._most:
            self._written.clear()
            await self._written.wait()

    async def run(self) -> None:
        """Write down what is noted, until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHERING_SECONDS)
            self._news.clear()
            try:
                await self.write_down()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("outcomes wait for the database", error=repr(error))
                self._news.set()
                await asyncio.sleep(_DATABASE_AWAY_SECONDS)

    async def write_down(self) -> None:
        """Write down everything noted so far; what cannot be written stays noted."""
        outcomes, self._tried = self._tried, []
        if not outcomes:
            return
        try:
            async with self._database.transaction() as connection:
                await self._conclude(connection, outcomes)
        except BaseException:
            self._tried = outcomes + self._tried
            raise
        self._unwritten -= len(outcomes)
        self._written.set()
