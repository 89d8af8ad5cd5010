"""
FastAPI and asyncpg: a validated body, one INSERT, an answer.

    python -m bench.peers.fastapi_insert --dsn … --port …

As FastAPI's documentation shows models and a lifespan, and asyncpg's a pool. uvicorn runs it with our settings.
"""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from bench import signals

_CONNECTIONS = 10
_TABLES = """
DROP TABLE IF EXISTS posted_events, posted_sign_ups;
CREATE TABLE posted_events (
    id uuid PRIMARY KEY, edition_id text NOT NULL, organiser_id uuid NOT NULL, content jsonb NOT NULL
);
CREATE TABLE posted_sign_ups (
    id uuid PRIMARY KEY, event_id uuid NOT NULL, kind text NOT NULL, people integer NOT NULL, name text NOT NULL,
    email text NOT NULL, language text NOT NULL
);
"""
_EVENT = "INSERT INTO posted_events VALUES ($1, $2, $3, $4)"
_SIGN_UP = "INSERT INTO posted_sign_ups VALUES ($1, $2, $3, $4, $5, $6, $7)"


class NewEvent(BaseModel):
    edition_id: str
    organiser_id: UUID
    event: dict[str, Any]


class SignUp(BaseModel):
    kind: Literal["person", "group"] = "person"
    people: Annotated[int, Field(ge=1)] = 1
    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    language: Literal["fr", "en"] = "fr"


class Created(BaseModel):
    id: UUID


def application(dsn: str) -> FastAPI:
    """Two routes with the paths of ours."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS) as pool:
            await pool.execute(_TABLES)
            app.state.pool = pool
            signals.ready()
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/events", status_code=201)
    async def create_event(new: NewEvent) -> Created:
        created = Created(id=uuid4())
        await app.state.pool.execute(
            _EVENT, created.id, new.edition_id, new.organiser_id, orjson.dumps(new.event).decode()
        )
        return created

    @app.post("/v1/events/{event_id}/participations", status_code=201)
    async def sign_up(event_id: UUID, new: SignUp) -> Created:
        created = Created(id=uuid4())
        await app.state.pool.execute(
            _SIGN_UP, created.id, event_id, new.kind, new.people, new.name, new.email, new.language
        )
        return created

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    signals.leave_with_harness()
    uvicorn.run(
        application(given.dsn),
        host="127.0.0.1",
        port=given.port,
        log_config=None,
        access_log=False,
        limit_concurrency=10_000,
        server_header=False,
    )


if __name__ == "__main__":
    main()
