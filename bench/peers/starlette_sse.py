"""
Starlette and sse-starlette: one message to everybody who listens.

    python -m bench.peers.starlette_sse --port … --data FILE

As the project's example of broadcasting shows: a queue for each listener, EventSourceResponse over it. Each POST to
/change sends the bytes of FILE, with the time of the POST in the place of NOW.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench import signals


class Broadcaster:
    """The queues of those who listen."""

    def __init__(self, data: str) -> None:
        self._data = data
        self._listeners: set[asyncio.Queue[ServerSentEvent]] = set()
        self._number = 0

    async def stream(self, _request: Request) -> EventSourceResponse:
        return EventSourceResponse(self._events())

    async def change(self, _request: Request) -> Response:
        event = self._event("change")
        for listener in self._listeners:
            listener.put_nowait(event)
        return Response(status_code=204)

    async def _events(self) -> AsyncIterator[ServerSentEvent]:
        queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield self._event("snapshot")
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _event(self, name: str) -> ServerSentEvent:
        self._number += 1
        data = self._data.replace("NOW", datetime.now(UTC).isoformat())
        return ServerSentEvent(data=data, event=name, id=str(self._number))


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    signals.ready()
    yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    broadcaster = Broadcaster(given.data.read_text())
    routes = [Route("/stream", broadcaster.stream), Route("/change", broadcaster.change, methods=["POST"])]
    signals.leave_with_harness()
    uvicorn.run(
        Starlette(routes=routes, lifespan=lifespan),
        host="127.0.0.1",
        port=given.port,
        log_config=None,
        access_log=False,
        limit_concurrency=10_000,
        server_header=False,
    )


if __name__ == "__main__":
    main()
