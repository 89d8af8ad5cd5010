"""Waiting for something to happen, but not for ever."""

import asyncio
from datetime import timedelta


async def happens(event: asyncio.Event, *, within: timedelta) -> bool:
    """Whether the event is set in time. Unlike Python 3.11's `asyncio.wait_for`, it never swallows a cancellation."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            await event.wait()
    except TimeoutError:
        return False
    return True
