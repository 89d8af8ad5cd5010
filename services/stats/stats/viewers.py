"""Who watches the counters: streams of events, counted and limited."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from shared.runtime.http.problems import Problem
from stats import gauges
from stats.feed import Feed


class Viewers:
    """The open streams of this process."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._open = 0

    def watch(self, feed: Feed, *, last_event_id: str | None) -> AsyncGenerator[bytes]:
        """The feed's events for one more viewer; 503 where the limit is reached."""
        if self._open >= self._limit:
            raise Problem(
                503,
                "Too many viewers",
                f"{self._limit} streams are open: try again later, or ask for /v1/counters now and then.",
                headers={"Retry-After": "10"},
            )
        return self._counted(feed, last_event_id)

    async def _counted(self, feed: Feed, last_event_id: str | None) -> AsyncGenerator[bytes]:
        self._open += 1
        gauges.VIEWERS.set(self._open)
        try:
            async with aclosing(feed.events(last_event_id=last_event_id)) as events:
                async for chunk in events:
                    yield chunk
        finally:
            self._open -= 1
            gauges.VIEWERS.set(self._open)
