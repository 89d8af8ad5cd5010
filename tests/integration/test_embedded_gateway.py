"""The gateway before real HTTP servers: which prefix goes where, what streams, what is not there."""

import asyncio
import contextlib
import os

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from semaine.servers.gateway import Gateway
from semaine.system.ports import free
from semaine.system.processes import Processes
from shared.contracts.topics import SERVICES
from shared.pages.addresses import PAGES

ROUTES = {
    "registration": ["/v1/editions", "/v1/organisers/1", "/v1/events", "/v1/events/1/participations", "/v1/imports/x"],
    "labelling": ["/v1/charters", "/v1/decisions/1", "/v1/reviews"],
    "notifications": ["/v1/partners", "/v1/deliveries/1"],
    "stats": ["/v1/counters"],
}
for name, segments in PAGES.items():
    ROUTES[name] += [f"/{segment}" for segment in segments if segment != "static"]
    ROUTES[name] += [f"/{segment}/a/b" for segment in segments if segment != "signout"]
ROUTES["registration"].append("/")


def upstream(name):
    async def stream(_request):
        async def events():
            yield b"data: first\n\n"
            await asyncio.Event().wait()

        return StreamingResponse(events(), media_type="text/event-stream")

    async def echo(request):
        body = await request.body()
        return JSONResponse(
            {"service": name, "url": str(request.url.path), "query": request.url.query, "size": len(body)}
        )

    async def page(_request):
        return HTMLResponse("<p>Programme</p>" * 100)

    methods = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route("/v1/counters/stream", stream),
            Route("/programme/page", page),
            Route("/{path:path}", echo, methods=methods),
        ],
    )


@contextlib.asynccontextmanager
async def serving(application, port):
    server = uvicorn.Server(
        uvicorn.Config(application, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no event to wait for
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ports():
    return free()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def public(tmp_path_factory, ports):
    """A client of the gateway; three services run, `labelling` is down."""
    folder = tmp_path_factory.mktemp("gateway")
    gateway = Gateway(
        folder=folder, port=ports["gateway"], upstreams={name: f"127.0.0.1:{ports[name]}" for name in SERVICES}
    )
    processes = Processes()
    async with contextlib.AsyncExitStack() as stack:
        for name in set(SERVICES) - {"labelling"}:
            await stack.enter_async_context(serving(upstream(name), ports[name]))
        await processes.start(gateway.program(log=folder / "log", environment=os.environ))
        stack.push_async_callback(processes.stop_all)
        yield await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['gateway']}"))


@pytest.mark.parametrize(
    ("service", "path"), [(name, path) for name in ("registration", "notifications", "stats") for path in ROUTES[name]]
)
async def test_the_prefix_decides_and_nothing_is_rewritten(public, service, path):
    answer = (await public.post(path, params={"edition": "2020"}, content=b"x" * 100_000)).json()
    assert answer == {"service": service, "url": path, "query": "edition=2020", "size": 100_000}


async def test_this_machine_may_be_called_by_its_name(public, ports):
    answer = await public.get("/v1/editions", headers={"Host": f"localhost:{ports['gateway']}"})
    assert answer.json()["service"] == "registration"


@pytest.mark.parametrize("path", ["/v1", "/v1/eventsx", "/v2/events", "/programmes", "/metrics", "/health/ready"])
async def test_any_other_path_is_a_problem_of_404(public, path):
    answer = await public.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("path", ROUTES["labelling"])
async def test_a_service_that_is_down_is_a_problem_that_says_to_try_again(public, path):
    answer = await public.get(path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    assert answer.json()["status"] == 503


async def test_a_stream_goes_out_at_once(public):
    async with asyncio.timeout(20), public.stream("GET", "/v1/counters/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for chunk in answer.aiter_bytes():
            assert chunk == b"data: first\n\n"  # the second never comes: only an unbuffered answer gets here
            break


async def test_pages_are_compressed_and_streams_are_not(public):
    page = await public.get("/programme/page", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    async with public.stream("GET", "/v1/counters/stream", headers={"Accept-Encoding": "gzip"}) as stream:
        assert "content-encoding" not in stream.headers
