"""The FastAPI application of a service: problems, metrics, health, limits."""

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from joserfc.jwk import OKPKey
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.runtime.database import Database
from shared.runtime.health import Health
from shared.runtime.http import problems
from shared.runtime.http.boundary import Boundary, Limits
from shared.runtime.http.described import DescribedAPI
from shared.runtime.tokens import Tokens


def create(
    *, service: str, description: str, database: Database, health: Health, token_key: OKPKey, limits: Limits
) -> FastAPI:
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
    app.state.tokens = Tokens(token_key)
    app.state.backlog = health.backlog
    problems.install(app)
    app.add_middleware(Boundary, limits=limits, tokens=app.state.tokens)

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
