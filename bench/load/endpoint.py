"""
A partner's endpoint: takes every post, and tells when the first and the last came.

    python -m bench.load.endpoint --port …

GET answers with the count, the times on the monotonic clock, and the last post; DELETE forgets.
"""

import argparse
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import uvicorn

from bench import signals

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Endpoint:
    """Plain ASGI: it must not be what is slow."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {"count": 0}

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
    ) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["method"] == "GET":
            await _answer(send, 200, orjson.dumps(self._found))
            return
        if scope["method"] == "DELETE":
            self._found = {"count": 0}
        else:
            self._note(scope["headers"], body)
        await _answer(send, 204, b"")

    def _note(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        now = time.monotonic()
        self._found.setdefault("first", now)
        self._found["count"] += 1
        self._found |= {"last": now, "body": body.decode(), "headers": {k.decode(): v.decode() for k, v in headers}}


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    signals.leave_with_harness()
    config = uvicorn.Config(
        Endpoint(), host="127.0.0.1", port=given.port, lifespan="off", log_config=None, access_log=False
    )
    signals.ready()
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
