"""
The figures of one edition as its viewers get them: serialised once, however many there are.

Nothing is queued per viewer. A viewer remembers how far it has read; the feed keeps the recent changes, and who has
fallen behind them gets the state as it is now.
"""

import asyncio
import hashlib
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any

import orjson

from stats.domain import Figures, Filters, changes

KEPT_CHANGES = 240
"""A minute of changes at full speed: how long a viewer may be away and resume without a snapshot."""
HEARTBEAT_SECONDS = 15.0
_HEARTBEAT = b": nothing new\n\n"
_OPENING = b"retry: 3000\n\n"
_KEPT_ANSWERS = 1000
_WOKEN_AT_ONCE = 100


class Feed:
    """Current figures, recent changes, and a signal for who waits for the next."""

    def __init__(self, edition_id: str) -> None:
        self.edition_id = edition_id
        self.figures: Figures = {}
        self.as_of: datetime | None = None
        self.number = 0
        self.filtered: dict[Filters, tuple[datetime, Figures]] = {}
        """Answers to questions with filters, as long as nothing changes."""
        self._closed = False
        self._epoch = secrets.token_hex(4)
        self._changes: deque[bytes] = deque(maxlen=KEPT_CHANGES)
        self._snapshot: bytes | None = None
        self._waiting: set[asyncio.Future[bool]] = set()

    def update(self, *, figures: Figures, as_of: datetime) -> Figures:
        """Take over figures counted at `as_of`; wakes the viewers and answers the tallies that have changed."""
        changed = changes(before=self.figures, after=figures)
        self.figures, self.as_of, self._snapshot = figures, as_of, None
        if changed:
            self.number += 1
            self.filtered.clear()
            self._changes.append(self._event("change", changed))
            waiting, self._waiting = list(self._waiting), set()
            self._wake(waiting)
        return changed

    def close(self) -> None:
        """End every stream; who reconnects finds another process, or this one again."""
        self._closed = True
        self._wake(list(self._waiting))

    def _wake(self, waiting: Sequence[asyncio.Future[bool]]) -> None:
        """Wake some; the others in the loop's next rounds, so that thousands of viewers hold up nothing else."""
        for waiter in waiting[:_WOKEN_AT_ONCE]:
            _settle(waiter, news=True)
        if rest := waiting[_WOKEN_AT_ONCE:]:
            asyncio.get_running_loop().call_soon(self._wake, rest)

    def remember(self, filters: Filters, *, figures: Figures, as_of: datetime) -> None:
        if len(self.filtered) < _KEPT_ANSWERS:
            self.filtered[filters] = (as_of, figures)

    def position(self, last_event_id: str | None) -> int | None:
        """How far a returning viewer has read; None when its id is not of this feed, or too old."""
        epoch, _, number = (last_event_id or "").partition("-")
        if epoch != self._epoch or not number.isdecimal():
            return None
        position = int(number[:18])
        return position if self.number - len(self._changes) <= position <= self.number else None

    async def events(self, *, last_event_id: str | None) -> AsyncGenerator[bytes]:
        """Server-sent events: a snapshot, or the changes since `last_event_id`; then each change, until `close`."""
        position = self.position(last_event_id)
        yield _OPENING
        while not self._closed:
            if position != self.number:
                chunk = self._since(position)
                position = self.number
                yield chunk
            elif not await self._news():
                yield _HEARTBEAT

    def _since(self, position: int | None) -> bytes:
        """What a viewer lacks: the changes, or the whole state where that is shorter or they are gone."""
        if self._snapshot is None:
            self._snapshot = self._event("snapshot", self.figures)
        if position is None or self.number - position > len(self._changes):
            return self._snapshot
        missed = b"".join(list(self._changes)[position - self.number :])
        return missed if len(missed) <= len(self._snapshot) else self._snapshot

    async def _news(self) -> bool:
        """Wait for a change, at most for the time between heartbeats; answers whether there was one."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        heartbeat = loop.call_later(HEARTBEAT_SECONDS, lambda: _settle(waiter, news=False))
        self._waiting.add(waiter)
        try:
            return await waiter
        finally:
            heartbeat.cancel()
            self._waiting.discard(waiter)

    def _event(self, name: str, figures: Figures) -> bytes:
        data = orjson.dumps(document(edition_id=self.edition_id, as_of=self.as_of, figures=figures))
        return b"event: %s\nid: %s-%d\ndata: %s\n\n" % (name.encode(), self._epoch.encode(), self.number, data)


def _settle(waiter: asyncio.Future[bool], *, news: bool) -> None:
    if not waiter.done():
        waiter.set_result(news)


def document(*, edition_id: str, as_of: datetime | None, figures: Figures) -> dict[str, Any]:
    """Figures as JSON, in the form that the API and the stream share."""
    return {
        "edition": edition_id,
        "as_of": as_of,
        "counters": {
            dimension: [{"value": value, **tally._asdict()} for value, tally in tallies.items()]
            for dimension, tallies in figures.items()
        },
    }


def entity_tag(*, edition_id: str, figures: Figures) -> str:
    """A weak ETag: the same for the same figures, whoever counted them and when."""
    content = orjson.dumps([edition_id, figures], default=tuple)
    return f'W/"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
