"""
Connections that nobody can hold on to: bounded heads, time limits for slow clients, a limit to their number.

uvicorn bounds none of these itself. The time limits cost an ordinary request nothing: they are set only for a request
whose head does not come at once, and for a client that does not read.
"""

from asyncio import Transport
from collections.abc import Callable
from typing import Any, TypeAlias

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.runtime.http import problems
from shared.runtime.http.problems import Problem

MAX_HEAD_BYTES = 16 * 1024
"""Of a request line and its headers."""
MAX_HEADERS = 100
HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the connection's begin, to the end of its headers."""
SEND_SECONDS = 30.0
"""How long a client may leave the connection's buffers full."""
LINGER_SECONDS = 10.0
"""How long the rest of a body is read and thrown away after its request was answered."""
LINGER_BYTES = 64 * 1024 * 1024
"""And how much of it at most."""
KEEP_ALIVE_SECONDS = 75
"""Longer than a gateway keeps idle connections, so that it never sends a request into one that is being closed."""

_ENDED_HEAD = Problem(408, "Too slow", f"The head of a request has to come within {HEAD_SECONDS:g} seconds.")
_LARGE_HEAD = Problem(
    431, "Head too large", f"A request has at most {MAX_HEADERS} headers and {MAX_HEAD_BYTES} bytes before its body."
)
_NOT_HTTP = Problem(400, "Not HTTP", "What was sent is not a request of HTTP/1.1.")
_FULL = Problem(503, "Too many connections", "Try again shortly.", headers={"Retry-After": "5"})

Made: TypeAlias = Callable[..., HttpToolsProtocol]


class _HeadTooLargeError(Exception):
    """Ends the parsing of a request."""


class _Ending:
    """The transport of a request after which the connection ends: not before its body has come."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection.transport, name)

    def close(self) -> None:
        self._connection.end()


class Connection(HttpToolsProtocol):
    """One client's connection."""

    limit: int
    """Connections of the process above which new ones are refused."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: Any = None
        self._unread: Any = None
        self._head_bytes = 0
        self._thrown_away = 0
        self._refusal = _NOT_HTTP

    # The beginning and the head of a request

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limit:
            self._refuse(_FULL)
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget(self._deadline, self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if not self._between_requests() or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(_LARGE_HEAD)
        elif self._deadline is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count_head(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._forget(self._deadline)
        self._deadline = None
        self._head_bytes = 0
        self._thrown_away = 0
        super().on_headers_complete()
        if not self.cycle.keep_alive:
            self.cycle.transport = _Ending(self)  # type: ignore[assignment] # all of one but its end

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD_BYTES or len(self.headers) > MAX_HEADERS:
            self._refusal = _LARGE_HEAD
            raise _HeadTooLargeError

    def _between_requests(self) -> bool:
        """Whether what comes belongs to a head that is not complete."""
        return self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._refuse, _ENDED_HEAD)

    # The end of an answer

    def end(self) -> None:
        """Close, unless a part of the body is still to come: who is sending would lose the answer."""
        if not self.cycle.more_body:
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if self.cycle.response_complete:
            self._thrown_away += len(body)
            if self._thrown_away > LINGER_BYTES:
                self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline and self.cycle.more_body and not self.transport.is_closing():
            # Answered before the body has come whole. Closing at once could take the answer from the client.
            self._deadline = self._deadline or self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self.cycle.more_body = False
            self._forget(self._deadline)
            self._deadline = None
            if not self.cycle.keep_alive:
                self.transport.close()
                return
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    # Clients that do not read

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(SEND_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget(self._unread)
        self._unread = None

    # Refusals, where there is no request that an application could answer

    def send_400_response(self, msg: str) -> None:
        """What the parser could not read, or was told to stop reading."""
        del msg
        self._refuse(self._refusal)

    def _refuse(self, problem: Problem) -> None:
        self._forget(self._deadline)
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_raw(problem))
        self.transport.close()

    @staticmethod
    def _forget(*timers: Any) -> None:
        for timer in timers:
            if timer is not None:
                timer.cancel()


def bounded(limit: int) -> type[Connection]:
    """Connections of which a process has at most `limit`."""
    return type("BoundedConnection", (Connection,), {"limit": limit})


def _raw(problem: Problem) -> bytes:
    answer = problems.response(problem)
    headers = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
    return b"HTTP/1.1 %d \r\nconnection: close\r\n%s\r\n%s" % (problem.status, headers, answer.body)
