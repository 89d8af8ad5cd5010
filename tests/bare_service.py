"""A service without tables and topics of its own, to try what all services have in common."""

from fastapi import APIRouter, FastAPI
from joserfc.jwk import OKPKey

from shared.runtime.backlog import Backlog
from shared.runtime.consumer import Consumers
from shared.runtime.database import Database
from shared.runtime.health import Health
from shared.runtime.http import application
from shared.runtime.http.boundary import Limits

NOWHERE = "postgres://nobody@127.0.0.1:9/none"
"""A database that is not there."""


def bare_service(router: APIRouter, *, token_key: OKPKey, limits: Limits, database: Database | None = None) -> FastAPI:
    """As a service is made, with these routes; its Kafka is not there, nor is its database unless one is given."""
    database = database or Database(dsn=NOWHERE, connections=2)
    kafka = "127.0.0.1:9"
    app = application.create(
        service="test",
        description="For tests.",
        database=database,
        health=Health(
            database=database,
            consumers=Consumers(service="stats", bootstrap_servers=kafka, database=database, batch=1),
            bootstrap_servers=kafka,
            stuck_after=1,
            lag_limit=1,
            backlog=Backlog(limit=10),
        ),
        token_key=token_key,
        limits=limits,
    )
    app.include_router(router)
    return app
