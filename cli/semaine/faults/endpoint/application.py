"""What the endpoint answers: most webhooks are taken, some are first turned away, some are taken slowly."""

import asyncio
import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from semaine.faults.endpoint.receipts import Receipts, WebhookReceived

_MOODS = {"takes": 94, "fails": 2, "asks for a pause": 2, "is slow": 2}
_SLOW_SECONDS = 1.0


def application(receipts: Receipts, *, secret_file: Path, seed: int) -> Starlette:
    """The endpoint under /webhooks, and /health."""
    endpoint = _Endpoint(receipts, secret_file=secret_file, seed=seed)
    return Starlette(
        routes=[
            Route("/webhooks", endpoint.take, methods=["POST"]),
            Route("/health", lambda _: Response(b"ok"), methods=["GET"]),
        ]
    )


class _Endpoint:
    def __init__(self, receipts: Receipts, *, secret_file: Path, seed: int) -> None:
        self._receipts = receipts
        self._secret_file = secret_file
        self._seed = seed
        self._seen: Counter[str] = Counter()

    async def take(self, request: Request) -> Response:
        body = await request.body()
        headers = dict(request.headers)
        id_ = headers.get("webhook-id", "")
        received = WebhookReceived(id=id_, at=datetime.now(UTC), digest=hashlib.sha256(body).hexdigest())
        if not self._secret_file.exists():
            return Response(status_code=503)
        if (refused := self._verified(received, body, headers)) is not None:
            return refused
        mood = self._mood(id_)
        if mood == "fails":
            return Response(status_code=500)
        if mood == "asks for a pause":
            return Response(status_code=429, headers={"Retry-After": "1"})
        self._receipts.keep(received)
        if mood == "is slow":
            await asyncio.sleep(_SLOW_SECONDS)
        return Response(status_code=204)

    def _verified(self, received: WebhookReceived, body: bytes, headers: dict[str, str]) -> Response | None:
        """None when the signature is right and the time is too; what is signed at another time has to come again."""
        webhook = Webhook(self._secret_file.read_text().strip())
        try:
            webhook.verify(body, headers)
        except WebhookVerificationError:
            if self._signed(webhook, body, headers):
                return Response(b"the timestamp is too far from now", status_code=400)
            self._receipts.keep(WebhookReceived(id=received.id, at=received.at, digest=received.digest, genuine=False))
            return Response(status_code=401)
        return None

    def _signed(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
        try:
            at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            signature = webhook.sign(headers["webhook-id"], at, body.decode())
        except (KeyError, ValueError):
            return False
        return signature in headers.get("webhook-signature", "").split()

    def _mood(self, id_: str) -> str:
        """What it makes of a webhook the first time; later it takes it."""
        self._seen[id_] += 1
        if self._seen[id_] > 1:
            return "takes"
        random = Random(f"{self._seed} {id_}")  # noqa: S311 - wants to be repeatable
        return random.choices(list(_MOODS), list(_MOODS.values()))[0]
