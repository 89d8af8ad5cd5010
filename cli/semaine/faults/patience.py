"""Servers that have been disturbed may refuse once more when they are asked what they hold."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import httpx
from aiokafka.errors import KafkaError

Answer = TypeVar("Answer")
_AGAIN_SECONDS = 1.0
_PASSING = (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, httpx.HTTPError)


async def patiently(ask: Callable[[], Awaitable[Answer]], *, seconds: float) -> Answer:
    """The answer, as soon as no server refuses; after so long, their refusal is raised."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await ask()
        except _PASSING:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_AGAIN_SECONDS)
