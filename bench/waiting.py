"""Wait for what other processes do."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from semaine.system.ports import HOST


async def until(ask: Callable[[], Awaitable[bool]], *, every: float = 0.05) -> float:
    """Ask again and again, every so many seconds, until the answer is yes; when that was, on the monotonic clock."""
    while not await ask():  # noqa: ASYNC110 - another process has no event for us
        await asyncio.sleep(every)
    return time.monotonic()


async def listening(port: int) -> None:
    """Until somebody takes connections on this port. uvicorn tells that it is ready a moment before."""

    async def taken() -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return False
        writer.close()
        return True

    await until(taken)
