"""What every request passes first: its measure and trace, limits, its body, and the answer when something fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from re import Pattern
from typing import Any, TypeAlias

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser

from shared.runtime import metrics, tracing
from shared.runtime.database import is_transient
from shared.runtime.http import bodies, problems, streams
from shared.runtime.http.bodies import DisconnectedError, Message, Receive
from shared.runtime.http.problems import Problem
from shared.runtime.http.quotas import Policy, Quotas
from shared.runtime.tokens import SESSION_COOKIE, Tokens

Scope: TypeAlias = Message
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 256 * 1024
"""Of a request whose route says nothing else."""
_FREE = ("/health/", "/metrics")
"""Answered whatever else is refused."""
_CLIENT_GONE = 499
_STOPPING = Problem(503, "Stopping", "Send it again: another process answers.", headers={"Retry-After": "1"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What a service lets in.

    `bodies`: the most bytes by path, the first that matches; `streams`: beginnings of paths whose requests or answers
    are not bounded here, because they keep limits of their own.
    """

    policy: Policy | None = None
    bodies: Sequence[tuple[Pattern[str], int]] = ()
    streams: tuple[str, ...] = ()
    requests_at_once: int = 1000

    def body_of(self, path: str) -> int:
        return next((most for pattern, most in self.bodies if pattern.fullmatch(path)), MAX_BODY_BYTES)


class Boundary:
    """Around the whole application. Plain ASGI: streams pass."""

    def __init__(self, app: App, *, limits: Limits, tokens: Tokens) -> None:
        self._app = app
        self._limits = limits
        self._tokens = tokens
        self._quotas = Quotas(limits.policy) if limits.policy else None
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        tracing.follow(headers.get("traceparent"))
        begun = time.perf_counter()
        status = 0
        told: dict[str, str] = {}

        async def send_told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if told:
                    MutableHeaders(scope=message).update(told)
            await send(message)

        try:
            await self._guarded(scope, receive, send_told, headers, told)
        except DisconnectedError:
            status = _CLIENT_GONE
        except asyncio.CancelledError:  # the process stops, and has waited long enough for what the request waits for
            if not status:
                await problems.answer(Request(scope), _STOPPING)(scope, receive, send_told)
            raise
        except Exception as error:
            if status:
                raise
            answer = problems.answer(Request(scope), failure(error, path=scope["path"]))
            await answer(scope, receive, send_told)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            metrics.REQUESTS.labels(scope["method"], route, status or 500).observe(time.perf_counter() - begun)

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, told: dict[str, str]
    ) -> None:
        path: str = scope["path"]
        if path.startswith(_FREE):
            await self._app(scope, receive, send)
            return
        told.update(self._spent(scope, path, headers))
        if self._limits.streams and path.startswith(self._limits.streams):
            receive = bodies.streamed(receive)
            await self._app(scope, receive, send)
            if stream := streams.left_in(scope):
                await stream.play(receive, send)
            return
        if self._at_once >= self._limits.requests_at_once:
            metrics.OVERLOADED.labels("requests").inc()
            raise Problem(503, "Too busy", "Try again shortly.", headers={"Retry-After": "1"})
        self._at_once += 1
        try:
            await self._app(scope, await self._received(path, receive, headers), send)
        finally:
            self._at_once -= 1

    def _spent(self, scope: Scope, path: str, headers: Headers) -> Any:
        if self._quotas is None:
            return {}
        authorization = headers.get("authorization") or session_of(headers)
        return self._quotas.spend(
            method=scope["method"],
            path=path,
            caller=self._tokens.known(authorization) if authorization else None,
            address=scope["client"][0] if scope.get("client") else "",
        )

    async def _received(self, path: str, receive: Receive, headers: Headers) -> Receive:
        length = headers.get("content-length")
        if length is None and "transfer-encoding" not in headers:
            return receive
        said = int(length) if length is not None and length.isdecimal() and len(length) < 20 else None  # noqa: PLR2004
        body = await bodies.read(receive, length=said, most=self._limits.body_of(path))
        return bodies.replayed(body, receive)


def session_of(headers: Headers) -> str:
    """Whose pages are asked for, as a header that says the same; counts requests and opens nothing."""
    token = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
    return f"Bearer {token}" if token else ""


def failure(error: Exception, *, path: str) -> Problem:
    """The answer to what nobody has caught; what the caller cannot see is logged."""
    if isinstance(error, Problem):
        return error
    if is_transient(error):
        log.warning("request failed: a server is away", path=path, error=repr(error))
        return Problem(503, "Not available for a moment", "Try again shortly.", headers={"Retry-After": "2"})
    log.error("request failed", path=path, exc_info=error)
    return Problem(500, "Our fault", "The error has been recorded; nothing was changed.")
