"""
`Idempotency-Key`: the same key and body gives the same answer, the same key and another body is 422.

The key is claimed in the transaction of the operation itself, so that claim, effect and answer stand or
fall together. A rival with the same key waits for the first one's commit and then gets its answer.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from shared.runtime.backlog import Backlog
from shared.runtime.database import Connection, Database
from shared.runtime.http.problems import MEDIA_TYPE, Problem
from shared.runtime.http.problems import response as problem_response
from shared.runtime.tokens import Anyone, Caller

_CLAIM = """
INSERT INTO idempotency (scope, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT (scope, key) DO NOTHING RETURNING key
"""
_KNOWN = "SELECT fingerprint, status, headers, body FROM idempotency WHERE scope = $1 AND key = $2"
_ANSWERED = "UPDATE idempotency SET status = $3, headers = $4, body = $5 WHERE scope = $1 AND key = $2"
_FORGET = "DELETE FROM idempotency WHERE created_at < now() - interval '48 hours'"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key and body gives the same answer, for 48 hours.",
        examples=["5e2e7b6c-6a0e-4a43-a5a1-5b1d0f4a9d1e"],
    ),
]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an operation answers: a model (or anything JSON takes, or None for an empty body), status and headers."""

    body: BaseModel | dict[str, Any] | list[Any] | None = None
    status: int = 200
    headers: Mapping[str, str] | None = None

    def response(self) -> Response:
        if self.body is None:
            return Response(status_code=self.status, headers=dict(self.headers or {}))
        content = self.body.model_dump_json().encode() if isinstance(self.body, BaseModel) else orjson.dumps(self.body)
        return Response(content, self.status, dict(self.headers or {}), "application/json")


Action = Callable[[Connection], Awaitable[Answer]]


class _Once:
    """Runs an operation in a transaction, once per Idempotency-Key where the caller sends one."""

    def __init__(self, request: Request, caller: Caller | None, key: str | None) -> None:
        self._request = request
        self._database: Database = request.app.state.database
        self._backlog: Backlog = request.app.state.backlog
        self._key = key
        who = f"{caller.role}:{caller.subject}" if caller else "anyone"
        self._scope = f"{who} {request.method} {request.url.path}?{request.url.query}"

    async def __call__(self, action: Action) -> Response:
        """The answer of `action(connection)`, or the one given before to the same request; 503 where no room is."""
        self._backlog.check()
        if self._key is None:
            async with self._database.transaction() as connection:
                answer = await action(connection)
            return answer.response()
        return await self._claimed(action, hashlib.sha256(await self._request.body()).digest())

    async def _claimed(self, action: Action, fingerprint: bytes) -> Response:
        async with self._database.transaction() as connection:
            if await connection.fetchval(_CLAIM, self._scope, self._key, fingerprint) is None:
                return await self._repeated(connection, fingerprint)
            try:
                async with connection.transaction():  # a savepoint: a refusal is remembered, its effects are not
                    response = (await action(connection)).response()
            except Problem as problem:
                if problem.status >= 500:  # noqa: PLR2004 - not an answer about the request
                    raise
                response = problem_response(problem)
            headers = {name: value for name, value in response.headers.items() if name != "content-length"}
            await connection.execute(
                _ANSWERED, self._scope, self._key, response.status_code, headers, bytes(response.body)
            )
        return response

    async def _repeated(self, connection: Connection, fingerprint: bytes) -> Response:
        known = await connection.fetchrow(_KNOWN, self._scope, self._key)
        if known is None or known["fingerprint"] != fingerprint:
            raise Problem(
                422,
                "Key already used",
                "This Idempotency-Key was sent with another body: use a new key for a new request.",
            )
        return Response(known["body"], known["status"], {**known["headers"], "Idempotency-Replayed": "true"})


async def _once(request: Request, caller: Anyone, key: IdempotencyKey = None) -> _Once:
    return _Once(request, caller, key)


Once = Annotated[_Once, Depends(_once)]


async def forget_old_answers(database: Database) -> None:
    """Delete answers older than 48 hours."""
    async with database.transaction() as connection:
        await connection.execute(_FORGET)


__all__ = ["MEDIA_TYPE", "Answer", "IdempotencyKey", "Once", "forget_old_answers"]
