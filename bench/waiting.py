"""Wait for what other processes do."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(ask: Callable[[], Awaitable[bool]], *, every: float = 0.05) -> float:
    """Ask again and again, every so many seconds, until the answer is yes; when that was, on the monotonic clock."""
    while not await ask():  # noqa: ASYNC110 - another process has no event for us
        await asyncio.sleep(every)
    return time.monotonic()
