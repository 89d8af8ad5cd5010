"""The webhook sender: each endpoint with something due is served on its own, so that none waits for another."""

import asyncio
import random
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

import structlog

from notifications.deliveries.domain import RetryPolicy, Untried
from notifications.deliveries.waiting import happens
from notifications.webhooks import operations, store
from notifications.webhooks.domain import (
    Endpoint,
    EndpointAway,
    Gone,
    Reaction,
    Standing,
    outcome_of,
    signed_headers,
    standing_after,
    webhook_id_of,
)
from notifications.webhooks.news import batch_of
from notifications.webhooks.posting import Poster
from notifications.webhooks.store import ClaimedPost
from shared.runtime.clock import Clock, now_by
from shared.runtime.database import Database, is_transient

_DATABASE_AWAY_SECONDS = 1.0
_WINDING_DOWN_SECONDS = 10.0
_POSTS_PER_CONNECTION = 4
"""In one round, if the endpoint works: claiming a round and writing it down takes as long as a few posts."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast, and how patiently."""

    per_endpoint: int
    """Posts to one endpoint at the same time."""
    timeout_seconds: float
    lease: timedelta
    poll: timedelta
    policy: RetryPolicy


class WebhookSender:
    """Posts what is due until cancelled. `wake` tells it that a transaction has committed."""

    def __init__(self, *, database: Database, allow_private: bool, pace: Pace) -> None:
        self._database = database
        self._allow_private = allow_private
        self._pace = pace
        self._tls = ssl.create_default_context()
        self._awake = asyncio.Event()
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._stopping = False

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Serve every endpoint that has something due, until cancelled; then finish the posts under way."""
        try:
            while True:
                self._awake.clear()
                try:
                    await self._serve_due()
                except Exception as error:
                    if not is_transient(error):
                        raise
                    log.warning("webhooks wait for the database", error=repr(error))
                await happens(self._awake, within=self._pace.poll)
        finally:
            await self._wind_down()

    async def _wind_down(self) -> None:
        self._stopping = True
        serving = list(self._serving.values())
        if serving:
            _, stuck = await asyncio.wait(serving, timeout=_WINDING_DOWN_SECONDS)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

    async def _serve_due(self) -> None:
        async with self._database.reading() as connection:
            due = await store.due_endpoints(connection, busy=self._serving, now=await now_by(connection))
        for endpoint in due:
            task = asyncio.create_task(self._serve(endpoint), name=f"endpoint {endpoint.id}")
            self._serving[endpoint.id] = task
            task.add_done_callback(partial(self._served, endpoint.id))

    def _served(self, endpoint_id: UUID, task: asyncio.Task[None]) -> None:
        del self._serving[endpoint_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an endpoint could not be served", endpoint=str(endpoint_id), exc_info=error)
        self._awake.set()

    async def _serve(self, endpoint: Endpoint) -> None:
        """Post what is due to one endpoint, round by round, until there is no more or the endpoint is away."""
        failures = endpoint.failures
        async with Poster(
            url=endpoint.url,
            allow_private=self._allow_private,
            timeout_seconds=self._pace.timeout_seconds,
            tls=self._tls,
        ) as poster:
            while True:
                # Each round asks anew: the partner may have changed its secret, its address or its mind meanwhile.
                current = await self._as_now(endpoint)
                if current is None or current.url != endpoint.url:
                    return
                endpoint = current
                posts, clock = await self._claim(endpoint, limit=self._at_once(endpoint, failures=failures))
                if not posts:
                    return
                standing = await self._round(endpoint, poster, posts, failures=failures, clock=clock)
                failures = standing.failures
                if standing.paused_until or standing.gone_because or self._stopping:
                    return

    def _at_once(self, endpoint: Endpoint, *, failures: int) -> int:
        """One that was away is tried with one post before it gets more."""
        if endpoint.batch > 1:
            return endpoint.batch
        return 1 if failures else self._pace.per_endpoint * _POSTS_PER_CONNECTION

    async def _as_now(self, endpoint: Endpoint) -> Endpoint | None:
        async with self._database.reading() as connection:
            return await store.endpoint(connection, endpoint.id)

    async def _claim(self, endpoint: Endpoint, *, limit: int) -> tuple[list[ClaimedPost], Clock]:
        async with self._database.reading() as connection:
            clock = await Clock.of(connection)
            now = clock.now()
            posts = await store.claim(
                connection, endpoint_id=endpoint.id, now=now, leased_until=now + self._pace.lease, limit=limit
            )
        return posts, clock

    async def _round(
        self, endpoint: Endpoint, poster: Poster, posts: Sequence[ClaimedPost], *, failures: int, clock: Clock
    ) -> Standing:
        reactions = await self._react(endpoint, poster, posts, clock=clock)
        standing = standing_after(
            failures=failures,
            reactions=[reaction for reaction in reactions if not isinstance(reaction, Untried)],
            backoff=self._pace.policy.backoff,
            now=clock.now(),
            chance=random.random(),  # noqa: S311
        )
        await self._write_down(endpoint, posts, reactions, standing)
        return standing

    async def _react(
        self, endpoint: Endpoint, poster: Poster, posts: Sequence[ClaimedPost], *, clock: Clock
    ) -> Sequence[Reaction | Untried]:
        """What came of each: posted by itself, or all in one post where the partner wants that."""
        bodies = {webhook_id_of(post.claimed.id): post.body for post in posts}
        if endpoint.batch > 1:
            batch_id = webhook_id_of(uuid5(endpoint.id, "".join(bodies)))
            body = batch_of(bodies, now=clock.now())
            return [await self._post(endpoint, poster, batch_id, body, now=clock.now())] * len(posts)
        begun, away = clock.now(), False
        connections = asyncio.Semaphore(self._pace.per_endpoint)

        async def react(id_: str, body: str) -> Reaction | Untried:
            nonlocal away
            async with connections:
                # The lease is for a round whose posts all begin within the time that one may take.
                if away or self._stopping or clock.now() - begun > timedelta(seconds=self._pace.timeout_seconds):
                    return Untried(due_at=clock.now())
                reaction = await self._post(endpoint, poster, id_, body, now=clock.now())
                away = away or isinstance(reaction, EndpointAway | Gone)
                return reaction

        return await asyncio.gather(*(react(id_, body) for id_, body in bodies.items()))

    async def _post(self, endpoint: Endpoint, poster: Poster, webhook_id: str, body: str, *, now: datetime) -> Reaction:
        headers = signed_headers(endpoint=endpoint, webhook_id=webhook_id, body=body, now=now)
        return await poster.post(body=body, headers=headers, now=now)

    async def _write_down(
        self,
        endpoint: Endpoint,
        posts: Sequence[ClaimedPost],
        reactions: Sequence[Reaction | Untried],
        standing: Standing,
    ) -> None:
        """Write down a round, however long the database is away: what was taken must not be posted again."""
        outcomes = [(post.claimed, outcome_of(reaction)) for post, reaction in zip(posts, reactions, strict=True)]
        while True:
            try:
                async with self._database.transaction() as connection:
                    await operations.conclude_round(
                        connection,
                        endpoint_id=endpoint.id,
                        standing=standing,
                        outcomes=outcomes,
                        policy=self._pace.policy,
                        now=await now_by(connection),
                    )
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("webhooks posted wait for the database", error=repr(error))
                await asyncio.sleep(_DATABASE_AWAY_SECONDS)
            else:
                return
