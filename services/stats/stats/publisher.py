"""Publishes the counters that have changed on `stats.counters.v1`, about once a second at most."""

import asyncio
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from shared.runtime.database import Database, is_transient
from shared.runtime.relay import Relay
from stats import operations
from stats.board import Board

INTERVAL_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Publisher:
    """Works in the process whose relay leads: one of several replicas publishes, and none while Kafka is away."""

    def __init__(self, *, database: Database, board: Board, relay: Relay) -> None:
        self._database = database
        self._board = board
        self._relay = relay
        self._published: dict[str, int] = {}

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            try:
                await self._publish_changed()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("counters not published for the moment", error=repr(error))
            await asyncio.sleep(INTERVAL_SECONDS)
            await self._wait()

    async def _wait(self) -> None:
        """Until figures change; while another process leads, look again after an interval."""
        try:
            async with asyncio.timeout(None if self._relay.active else INTERVAL_SECONDS):
                await self._board.changed.wait()
        except TimeoutError:
            return
        self._board.changed.clear()

    async def _publish_changed(self) -> None:
        if not self._relay.active:
            self._published.clear()  # whoever leads later compares everything with what the others published
            return
        for edition_id, feed in list(self._board.feeds.items()):
            number = feed.number
            if self._published.get(edition_id) != number:
                await self._publish(edition_id)
                self._published[edition_id] = number

    async def _publish(self, edition_id: str) -> None:
        try:
            async with self._database.transaction() as connection:
                await operations.publish_counters(connection, edition_id=edition_id, now=datetime.now(UTC))
        except ValidationError:
            # Figures beyond the contract say that some message was absurd; the service goes on for the others.
            log.exception("counters violate their contract", edition=edition_id)
