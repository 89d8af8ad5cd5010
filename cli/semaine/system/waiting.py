"""Wait for a server that may not answer yet."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from semaine.failure import Failure

_PAUSE_SECONDS = 0.5

Result = TypeVar("Result")


class UnreachableError(Failure):
    """A server does not answer; it may later."""


async def until_answered(attempt: Callable[[], Awaitable[Result]], *, seconds: float) -> Result:
    """Attempt it again while it raises `UnreachableError`, for `seconds`; then let that error through."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await attempt()
        except UnreachableError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)
