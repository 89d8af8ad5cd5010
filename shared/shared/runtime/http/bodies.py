"""Bodies of requests: bounded in size, in depth and in the time they may take, before anything looks at them."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from shared.runtime.http.problems import Problem

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

BODY_SECONDS = 20.0
"""How long a body may take that is read as a whole."""
STREAM_SECONDS = 60.0
"""How long a streamed body may be waited for in all, beyond `STREAM_BYTES_PER_SECOND`."""
STREAM_BYTES_PER_SECOND = 1024
MAX_NESTING = 32
"""Of arrays and objects in JSON."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{\]}]")


class DisconnectedError(Exception):
    """The client has gone before its body was complete."""


async def read(receive: Receive, *, length: int | None, most: int) -> bytes:
    """
    A request's whole body. `length`: what the client says it is; `most`: bytes.

    Raises `Problem` (408, 413, 422) when it is too slow, too large or nested too deeply, `DisconnectedError`.
    """
    if length is not None and length > most:
        raise _too_large(most)
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise DisconnectedError
                piece = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(piece)
                if size > most:
                    raise _too_large(most)
                pieces.append(piece)
    except TimeoutError:
        raise Problem(408, "Too slow", f"The body has to come within {BODY_SECONDS:g} seconds.") from None
    body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if _nested_deeper(body, than=MAX_NESTING):
        raise Problem(422, "Nested too deeply", f"JSON may have at most {MAX_NESTING} levels: flatten it.")
    return body


def replayed(body: bytes, receive: Receive) -> Receive:
    """Hands out a body that has been read; then what else comes."""
    waiting = True

    async def hand_out() -> Message:
        nonlocal waiting
        if waiting:
            waiting = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return hand_out


def streamed(receive: Receive) -> Receive:
    """
    Hands on a body of any size as it comes, as long as it comes fast enough; else `Problem` (408).

    Only the time in which it was waited for counts: the server's own slowness is not the client's.
    """
    patience = STREAM_SECONDS
    complete = False

    async def hand_on() -> Message:
        nonlocal patience, complete
        if complete:
            return await receive()
        begun = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                message = await receive()
        except TimeoutError:
            raise Problem(
                408, "Too slow", f"A file has to come at {STREAM_BYTES_PER_SECOND} bytes a second or faster.",
            ) from None  # fmt: skip
        complete = not message.get("more_body", False)
        patience += len(message.get("body", b"")) / STREAM_BYTES_PER_SECOND - (time.monotonic() - begun)
        return message

    return hand_on


def _nested_deeper(body: bytes, *, than: int) -> bool:
    """Whether JSON has more levels; of what is no JSON, anything."""
    if body.count(b"[") + body.count(b"{") <= than:
        return False
    depth = 0
    for bracket in _BRACKETS.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > than:
            return True
    return False


def _too_large(most: int) -> Problem:
    return Problem(413, "Too large", f"The body of this request has at most {most} bytes.")
