"""HTTP/1.1 over many connections, as little of it as a load generator needs: one request at a time on each."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterator
from typing import cast

_LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last is complete."""

    def __init__(self, requests: Iterator[bytes], taken: "Taken") -> None:
        self._requests = requests
        self._taken = taken
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by class
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _complete(self._received):
            self._taken.add(self._sent_at, time.perf_counter(), self._received[9:12])
            self._received = b""
            self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _next(self) -> None:
        assert self._transport is not None
        request = None if self._taken.over() else next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


class Taken:
    """Answers and how long each took, of those that came after the warm-up."""

    def __init__(self, *, warm_up: float, seconds: float) -> None:
        begun = time.perf_counter()
        self._from = begun + warm_up
        self._until = begun + warm_up + seconds
        self._last = self._from
        self.times: deque[float] = deque()
        self.statuses: Counter[str] = Counter()

    def over(self) -> bool:
        return time.perf_counter() >= self._until

    def add(self, sent: float, answered: float, status: bytes) -> None:
        if sent >= self._from:
            self.times.append(answered - sent)
            self.statuses[status.decode()] += 1
            self._last = answered

    @property
    def seconds(self) -> float:
        return max(self._last - self._from, 1e-9)


def _complete(received: bytes) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = received[:end].lower()
    at = head.find(_LENGTH)
    if at < 0:
        return True
    length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
    return len(received) >= end + 4 + length


def request(*, path: str, body: bytes, token: str) -> bytes:
    """A POST with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return head.encode() + b"\r\n" + body
