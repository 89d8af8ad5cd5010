"""An operation is sent under its key until its answer is known, whatever comes between."""

import asyncio
from random import Random

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from semaine.faults.ledger import Ledger, Operation
from semaine.faults.writers.requests import Requests


class Service:
    """Answers what it is told to, in order; None drops the connection."""

    def __init__(self) -> None:
        self.answers = []
        self.keys = []

    async def answer(self, request: Request) -> Response:
        self.keys.append(request.headers["idempotency-key"])
        answer = self.answers.pop(0)
        if answer is None:
            request.scope["extensions"]["transport"].abort()
            return Response()
        return answer


@pytest.fixture
async def service():
    found = Service()
    app = Starlette(routes=[Route("/", found.answer, methods=["POST"])])

    async def with_transport(scope, receive, send):
        scope.setdefault("extensions", {})["transport"] = getattr(receive.__self__, "transport", None)
        await app(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(with_transport, port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    found.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield found
    server.should_exit = True
    await serving


async def send(service, *answers):
    service.answers, service.keys = list(answers), []
    ledger = Ledger(seed=1)
    async with httpx.AsyncClient(base_url=service.url) as http:
        requests = Requests(http=http, token=lambda *_: {}, ledger=ledger, random=Random(7))
        operation = Operation(kind="submit", method="POST", path="/", body={}, caller=None)
        await requests.send(operation)
    assert service.answers == []
    assert set(service.keys) == {operation.key}
    assert ledger.unknown() == []
    return operation


def problem(status, **headers):
    return JSONResponse({"status": status}, status, headers)


async def test_what_is_unknown_is_sent_again_under_the_same_key(service):
    again = problem(201, **{"Idempotency-Replayed": "true"})
    operation = await send(service, None, problem(503, **{"Retry-After": "0"}), problem(502), again)
    assert (operation.standing, operation.attempts, operation.replayed) == ("acknowledged", 4, True)
    assert operation.oddities == []


async def test_a_refusal_is_an_answer(service):
    operation = await send(service, problem(409))
    assert (operation.standing, operation.attempts, operation.answer) == ("refused", 1, {"status": 409})
    assert operation.oddities == []


async def test_an_answer_that_is_not_promised_is_entered(service):
    operation = await send(service, problem(500), problem(201))
    assert operation.standing == "acknowledged"
    assert [each[:12] for each in operation.oddities] == ["answered 500"]
    assert (await send(service, problem(403))).oddities != []
