"""A partner's endpoint on this machine: accepts webhooks whose signature is right, and counts them by id."""

import asyncio
from collections import Counter
from types import TracebackType
from typing import Self

import uvicorn
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from semaine.system.ports import HOST


class Endpoint:
    """Listens on a free port. `received`: how often each webhook-id came. A context manager."""

    def __init__(self, *, port: int) -> None:
        self.url = f"http://{HOST}:{port}/webhooks"
        self.received: Counter[str] = Counter()
        self.forged = 0
        self._webhook: Webhook | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/webhooks", self._accept, methods=["POST"])]),
                host=HOST,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )
        self._serving: asyncio.Task[None] | None = None

    def expect(self, *, secret: str) -> None:
        """The secret that webhooks are signed with."""
        self._webhook = Webhook(secret)

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        if self._serving:
            await self._serving

    async def _accept(self, request: Request) -> Response:
        try:
            assert self._webhook is not None
            self._webhook.verify(await request.body(), dict(request.headers))
        except WebhookVerificationError:
            self.forged += 1
            return Response(status_code=401)
        self.received[request.headers["webhook-id"]] += 1
        return Response(status_code=204)
