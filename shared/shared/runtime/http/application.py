"""The FastAPI application of a service: problems, metrics, health, limits."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.routing import APIRoute
from joserfc.jwk import OKPKey
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.runtime import metrics, tracing
from shared.runtime.database import Database
from shared.runtime.health import Health
from shared.runtime.http import problems
from shared.runtime.http.described import DescribedAPI

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 1_000_000
"""Of a request that is not streamed; imports are, and have limits of their own."""


def create(*, service: str, description: str, database: Database, health: Health, token_key: OKPKey) -> FastAPI:
    """An application with `/health/live`, `/health/ready`, `/metrics`; the service adds its routes."""
    app = DescribedAPI(
        title=f"Semaine {service}",
        version="1",
        description=description,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        responses={"default": {"description": "A problem (RFC 9457)", "model": problems.ProblemDocument}},
    )
    app.state.database = database
    app.state.token_key = token_key
    problems.install(app)
    app.add_middleware(_Boundary)

    @app.get("/health/live", tags=["operations"])
    async def live() -> Response:
        """Whether the process works at all."""
        return _health(health.dead())

    @app.get("/health/ready", tags=["operations"])
    async def ready() -> Response:
        """Whether the service keeps up and its servers answer; names what is wrong."""
        return _health(await health.not_ready())

    @app.get("/metrics", tags=["operations"], include_in_schema=False)
    async def metrics_() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _health(found: list[str]) -> Response:
    if not found:
        return Response(b'{"status":"ok"}', media_type="application/json")
    return problems.response(
        problems.Problem(
            503,
            "Not ready",
            "; ".join(found),
            errors=[problems.FieldError("service", each) for each in found],
        )
    )


class _Boundary:
    """Measures each request by its route, bounds its body, begins or continues its trace. Plain ASGI: streams pass."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        tracing.follow(request.headers.get("traceparent"))
        begun = time.perf_counter()
        status = 500

        async def remember_status(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._bounded(scope, receive, remember_status)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            metrics.REQUESTS.labels(scope["method"], route, status).observe(time.perf_counter() - begun)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/v1/imports"):
            await self._app(scope, receive, send)
            return
        length = Request(scope).headers.get("content-length", "0")
        if length.isdecimal() and int(length) > MAX_BODY_BYTES:
            await problems.response(_TOO_LARGE)(scope, receive, send)
            return
        received = 0

        async def counted() -> MutableMapping[str, Any]:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # The one exception that FastAPI does not turn into 400 while it reads a body.
                raise HTTPException(_TOO_LARGE.status, _TOO_LARGE.title)
            return message

        await self._app(scope, counted, send)


_TOO_LARGE = problems.Problem(413, "Too large", f"A request has at most {MAX_BODY_BYTES} bytes.")
