"""Answers without end that cost little while they wait: they begin when the framework's layers are gone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeAlias

from fastapi.responses import StreamingResponse

from shared.runtime.http.bodies import Message, Receive

Send: TypeAlias = Callable[[Message], Awaitable[None]]

_KEY = "semaine.stream"


class EventStream(StreamingResponse):
    """
    Server-sent events. `Boundary` sends them after the application has returned, so that no layer of it stays.

    Else each client keeps the frames, task groups and requests of all of them: a third of its memory.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._events = events

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI
        scope[_KEY] = self

    async def play(self, receive: Receive, send: Send) -> None:
        """Send all events, until they end or the client has gone."""
        sending = asyncio.create_task(self.stream_response(send))
        gone = asyncio.create_task(_disconnection(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            gone.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            await self._events.aclose()


async def _disconnection(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def left_in(scope: Any) -> EventStream | None:
    """The stream that the application has answered with."""
    stream: EventStream | None = scope.pop(_KEY, None)
    return stream
