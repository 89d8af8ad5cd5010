"""A real server on a real port, and clients that are slow, endless, or too many."""

import asyncio
import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.runtime.http import bodies, connections, server
from shared.runtime.http.boundary import MAX_BODY_BYTES, Limits
from shared.runtime.tokens import new_key
from tests.bare_service import bare_service

PATIENCE_SECONDS = 60
CONNECTIONS = 5
WORKING: list[asyncio.Event] = []
router = APIRouter(prefix="/v1")


class Note(BaseModel):
    text: str = ""
    more: dict | None = None


@router.post("/notes")
async def note(note: Note) -> Note:
    return note


@router.post("/files")
async def take_file(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@router.get("/slow")
async def slow() -> str:
    WORKING.append(asyncio.Event())
    await WORKING[-1].wait()
    return "done"


@router.get("/endless")
async def endless() -> StreamingResponse:
    async def zeros() -> AsyncIterator[bytes]:
        WORKING.append(asyncio.Event())
        try:
            while True:
                yield b"0" * 100_000
                await asyncio.sleep(0)
        finally:
            WORKING[-1].set()

    return StreamingResponse(zeros())


@router.get("/address")
async def address(request: Request) -> str:
    assert request.client
    return request.client.host


def made() -> FastAPI:
    limits = Limits(streams=("/v1/files", "/v1/endless"), requests_at_once=2)
    return bare_service(router, token_key=new_key(), limits=limits)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def problem(self) -> str:
        """Its title; fails if it is no problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["status"] == self.status
        return document["title"]


class Client:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answer:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    async def closed(self) -> bool:
        """Whether the server closes the connection, without another word."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.reader.read() == b""
        except ConnectionError:
            return True


@pytest.fixture
async def port() -> AsyncIterator[int]:
    made_server = server.make(made(), host="127.0.0.1", port=0, connections=CONNECTIONS, trusted_proxies="127.0.0.1")
    serving = asyncio.create_task(made_server.serve())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not made_server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
    WORKING.clear()
    yield made_server.servers[0].sockets[0].getsockname()[1]
    for event in WORKING:
        event.set()
    made_server.should_exit = made_server.force_exit = True
    await serving


@pytest.fixture
async def connect(port: int) -> AsyncIterator:
    async with contextlib.AsyncExitStack() as stack:

        async def connect() -> Client:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**16)
            stack.callback(writer.close)
            return Client(reader, writer)

        yield connect


def request(path: str = "/v1/notes", *, method: str = "POST", body: bytes = b"{}", headers: str = "") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n{length}{headers}\r\n"
    return head.encode() + (body if method == "POST" else b"")


async def test_a_connection_is_kept_for_the_next_request(connect):
    client = await connect()
    for _ in range(3):
        await client.send(request())
        assert (await client.answer()).status == 200


async def test_a_head_in_pieces_is_read(connect):
    client = await connect()
    for byte in request():
        await client.send(bytes([byte]))
    assert (await client.answer()).status == 200


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"POST /v1/no", request()[:60]])
async def test_a_head_that_does_not_come_is_not_waited_for(connect, monkeypatch, begun):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    client = await connect()
    await client.send(begun)
    assert (await client.answer()).problem() == "Too slow"
    assert await client.closed()


async def test_nor_is_one_that_drips(connect, monkeypatch):
    client = await connect()
    await client.send(request())
    assert (await client.answer()).status == 200
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    await client.send(b"POST /v1/notes HTTP/1.1\r\n")

    async def drip() -> None:
        while True:
            await client.send(b"x: y\r\n")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert (await client.answer()).status == 408
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)


@pytest.mark.parametrize(
    "headers",
    [
        "".join(f"x-{number}: y\r\n" for number in range(connections.MAX_HEADERS)),
        f"x: {'y' * connections.MAX_HEAD_BYTES}\r\n",
        "".join(f"x-{number}: {'y' * 1000}\r\n" for number in range(20)),
    ],
    ids=["many", "long", "both"],
)
async def test_a_flood_of_headers_is_refused(connect, headers):
    client = await connect()
    await client.send(request(headers=headers))
    answer = await client.answer()
    assert (answer.status, answer.problem()) == (431, "Head too large")
    assert await client.closed()


@pytest.mark.parametrize("endless", [b"x" * 1000, b"GET /" + b"x" * 1000, b"GET / HTTP/1.1\r\nx: " + b"y" * 1000])
async def test_a_head_without_end_is_not_read_on(connect, endless):
    client = await connect()
    with contextlib.suppress(ConnectionError):
        for _ in range(200):
            await client.send(endless if endless[:1] == b"x" else b"")
            await client.send(endless)
            endless = endless[-1000:]
    answer = await client.answer()
    assert answer.status in {400, 431}


async def test_what_is_not_http_is_told_so(connect):
    client = await connect()
    await client.send(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert (await client.answer()).problem() == "Not HTTP"


async def test_a_body_that_does_not_come_is_not_waited_for(connect, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.3)
    client = await connect()
    await client.send(request(body=b"x" * 1000)[:-10])
    assert (await client.answer()).status == 408
    assert await client.closed()


async def test_a_streamed_body_has_to_come_at_some_speed(connect, monkeypatch):
    monkeypatch.setattr(bodies, "STREAM_SECONDS", 0.3)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.3)
    client = await connect()
    await client.send(request("/v1/files", body=b"x" * 1000)[:-990])

    async def drip() -> None:
        while True:
            await client.send(b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert (await client.answer()).problem() == "Too slow"
    assert await client.closed()
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)


async def test_a_streamed_body_may_be_of_any_size(connect):
    client = await connect()
    size = 20 * MAX_BODY_BYTES
    await client.send(request("/v1/files", body=b"x" * size))
    assert (await client.answer()).body == str(size).encode()


async def test_a_body_too_large_is_refused_before_it_comes_and_not_read_for_ever(connect, monkeypatch):
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.3)
    client = await connect()
    await client.send(b"POST /v1/notes HTTP/1.1\r\nHost: test\r\nContent-Length: 9999999999\r\n\r\n")
    assert (await client.answer()).status == 413
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await client.send(b"x" * 1000)
                await asyncio.sleep(0.01)
    assert await client.closed()


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/nothing"])
async def test_who_reads_no_answer_before_all_is_sent_and_then_closes_gets_it_all_the_same(port, path):
    """As urllib does: it says `Connection: close`, and looks at the answer once its last byte is gone."""

    def upload() -> tuple[int, bytes]:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=b" " * 20_000_000, method="POST")
        try:
            urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS)  # noqa: S310
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        raise AssertionError("it was accepted")

    status, body = await asyncio.to_thread(upload)
    assert (status, json.loads(body)["status"]) == (413, 413)


@pytest.mark.parametrize("headers", ["", "Connection: close\r\n"])
async def test_what_is_left_of_a_refused_body_is_read_up_to_a_limit(connect, monkeypatch, headers):
    monkeypatch.setattr(connections, "LINGER_BYTES", 1_000_000)
    client = await connect()
    head = f"POST /v1/notes HTTP/1.1\r\nHost: test\r\nContent-Length: 9999999999\r\n{headers}\r\n"
    await client.send(head.encode())
    assert (await client.answer()).status == 413
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await client.send(b"x" * 100_000)
    assert await client.closed()


async def test_after_its_body_has_come_a_connection_that_is_to_end_does(connect):
    client = await connect()
    await client.send(request(body=b" " * (MAX_BODY_BYTES + 1), headers="Connection: close\r\n"))
    answer = await client.answer()
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert await client.closed()


async def test_after_a_refused_body_that_came_whole_the_connection_goes_on(connect):
    client = await connect()
    await client.send(request(body=b" " * (MAX_BODY_BYTES + 1)))
    assert (await client.answer()).status == 413
    await client.send(request())
    assert (await client.answer()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"more": ' + b'{"a": ' * 5000 + b"1" + b"}" * 5001,
        b"[" * 100_000,
        b'{"more": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}",
    ],
    ids=["objects", "open", "arrays"],
)
async def test_json_nested_too_deeply_is_refused(connect, body):
    client = await connect()
    await client.send(request(body=body))
    assert (await client.answer()).problem() == "Nested too deeply"


@pytest.mark.parametrize("text", ["[" * 100, '\\"' * 50 + "{" * 100, "[]{}" * 100, "\\\\"])
async def test_brackets_in_texts_are_no_levels(connect, text):
    client = await connect()
    await client.send(request(body=json.dumps({"text": text}).encode()))
    answer = await client.answer()
    assert json.loads(answer.body)["text"] == text


async def test_too_many_connections_are_refused_and_room_comes_back(connect):
    clients = [await connect() for _ in range(CONNECTIONS)]
    for client in clients:
        await client.send(request())
        await client.answer()
    refused = await (await connect()).answer()
    assert refused.problem() == "Too many connections"
    assert refused.headers["retry-after"]
    clients[0].writer.close()
    await clients[0].writer.wait_closed()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            client = await connect()
            await client.send(request())
            if (await client.answer()).status == 200:
                break


async def test_too_many_requests_at_once_are_refused_but_not_the_health_check(connect):
    for _ in range(2):
        await (await connect()).send(request("/v1/slow", method="GET"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(WORKING) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    client = await connect()
    await client.send(request())
    refused = await client.answer()
    assert (refused.status, refused.problem()) == (503, "Too busy")
    assert refused.headers["retry-after"]
    await client.send(request("/health/live", method="GET"))
    assert (await client.answer()).status == 200
    for event in WORKING:
        event.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        status = 0
        while status != 200:
            await client.send(request())
            status = (await client.answer()).status


async def test_a_request_that_the_end_of_the_process_interrupts_may_be_sent_again(monkeypatch):
    """Its answer is a problem with a remedy, and no fault of ours without a word."""
    made_server = server.make(made(), host="127.0.0.1", port=0, connections=CONNECTIONS, trusted_proxies="127.0.0.1")
    monkeypatch.setattr(made_server.config, "timeout_graceful_shutdown", 0.1)
    serving = asyncio.create_task(made_server.serve())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not made_server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
        WORKING.clear()
        reader, writer = await asyncio.open_connection(*made_server.servers[0].sockets[0].getsockname()[:2])
        client = Client(reader, writer)
        await client.send(request("/v1/slow", method="GET"))
        while not WORKING:  # noqa: ASYNC110 - until the route is at it
            await asyncio.sleep(0.01)
        made_server.should_exit = True
        answer = await client.answer()
        await serving
    writer.close()
    assert (answer.status, answer.problem(), answer.headers["retry-after"]) == (503, "Stopping", "1")


async def test_who_does_not_read_is_cut_off(connect, monkeypatch):
    monkeypatch.setattr(connections, "SEND_SECONDS", 0.3)
    client = await connect()
    await client.send(request("/v1/endless", method="GET"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not WORKING:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await WORKING[0].wait()


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [("", "127.0.0.1"), ("203.0.113.9", "203.0.113.9"), ("198.51.100.1, 203.0.113.9", "203.0.113.9")],
)
async def test_the_client_is_who_the_trusted_proxy_says(connect, forwarded, expected):
    client = await connect()
    headers = f"X-Forwarded-For: {forwarded}\r\n" if forwarded else ""
    await client.send(request("/v1/address", method="GET", headers=headers))
    assert json.loads((await client.answer()).body) == expected


async def test_nobody_else_is_believed():
    made_server = server.make(made(), host="127.0.0.1", port=0, connections=2, trusted_proxies="192.0.2.1")
    serving = asyncio.create_task(made_server.serve())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not made_server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    port = made_server.servers[0].sockets[0].getsockname()[1]
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    await client.send(request("/v1/address", method="GET", headers="X-Forwarded-For: 203.0.113.9\r\n"))
    assert json.loads((await client.answer()).body) == "127.0.0.1"
    client.writer.close()
    made_server.should_exit = True
    await serving
