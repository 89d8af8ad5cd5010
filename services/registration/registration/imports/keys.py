"""Idempotency-Key of imports: the body is a stream, so its digest is known only when all of it has passed."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from registration.imports import store
from shared.runtime.database import Database
from shared.runtime.http.problems import Problem
from shared.runtime.http.problems import response as problem_response
from shared.runtime.tokens import Caller


class Body:
    """A request's bytes, with the digest of those that have passed."""

    def __init__(self, request: Request) -> None:
        self._stream = request.stream()
        self._digest = hashlib.sha256()

    async def chunks(self) -> AsyncIterator[bytes]:
        """What has not been read yet."""
        try:
            async for chunk in self._stream:
                self._digest.update(chunk)
                yield chunk
        except ClientDisconnect:
            raise Problem(400, "The upload broke off", "Send the whole file again: rows repeat safely.") from None

    async def digest(self) -> bytes:
        """Of the whole body; what has not been read yet is read now."""
        async for _ in self.chunks():
            pass
        return self._digest.digest()


async def once(
    request: Request, body: Body, caller: Caller, key: str | None, work: Callable[[], Awaitable[Response]]
) -> Response:
    """
    The answer of `work()`, or the one given before to the same key and body; refusals are answers too.

    A key whose import was broken off is taken up again: rows repeat safely.
    """
    async with request.app.state.imports.turn():
        return await _once(request, body, caller, key, work)


async def _once(
    request: Request, body: Body, caller: Caller, key: str | None, work: Callable[[], Awaitable[Response]]
) -> Response:
    if key is None:
        return await work()
    database: Database = request.app.state.database
    scope = f"{caller.role}:{caller.subject} {request.method} {request.url.path}?{request.url.query}"
    async with store.hold_key(database, f"{scope} {key}") as held:
        if not held:
            raise Problem(
                409, "Still under way", "An import with this Idempotency-Key is running: wait for its end.",
                headers={"Retry-After": "5"},
            )  # fmt: skip
        async with database.reading() as connection:
            known = await store.known_answer(connection, scope=scope, key=key)
        if known is not None:
            return _repeated(known, fingerprint=await body.digest())
        try:
            answer = await work()
        except Problem as problem:
            if problem.status != 422:  # noqa: PLR2004 - the others do not speak of the file
                raise
            answer = problem_response(problem)
        fingerprint = await body.digest()
        async with database.transaction() as connection:
            await store.remember_answer(
                connection,
                scope=scope,
                key=key,
                fingerprint=fingerprint,
                status=answer.status_code,
                media_type=answer.headers["content-type"],
                body=bytes(answer.body),
            )
    return answer


def _repeated(known: store.KnownAnswer, *, fingerprint: bytes) -> Response:
    if known.fingerprint != fingerprint:
        raise Problem(
            422, "Key already used", "This Idempotency-Key was sent with another file: use a new key for a new file."
        )
    return Response(known.body, known.status, {"Idempotency-Replayed": "true"}, media_type=known.media_type)
