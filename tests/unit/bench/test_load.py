"""The load generator, on the loop it runs on: a request after the other on each connection, every answer timed once."""

import asyncio

import uvloop

from bench.load.http import Connection, Taken, request


class Server(asyncio.Protocol):
    """Answers each request in two pieces, with what its path asks for."""

    def __init__(self, received):
        self._received = received

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._received.append(data)
        status = b"409 Conflict" if b"POST /full" in data else b"201 Created"
        self._transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\nab")
        self._transport.write(b"cd")


def sent(requests, *, connections):
    """What the generator noted, and what the server received."""
    return uvloop.run(_send(requests, connections=connections))


async def _send(requests, *, connections):
    loop = asyncio.get_running_loop()
    received = []
    async with await loop.create_server(lambda: Server(received), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        taken, left = Taken(warm_up=0, seconds=60), iter(requests)
        made = [
            await loop.create_connection(lambda: Connection(left, taken), "127.0.0.1", port) for _ in range(connections)
        ]
        await asyncio.gather(*(connection.done for _, connection in made))
    return taken, received


def test_each_request_is_sent_once_and_each_answer_counted():
    requests = [request(path=f"/{number}", body=b"{}", token="") for number in range(20)]
    taken, received = sent(requests, connections=3)
    assert sorted(received) == sorted(requests)
    assert taken.statuses == {"201": 20}
    assert len(taken.times) == 20


def test_other_answers_are_told_apart():
    requests = [request(path=path, body=b"{}", token="t") for path in ("/full", "/free", "/full")]
    taken, _ = sent(requests, connections=1)
    assert taken.statuses == {"409": 2, "201": 1}


def test_token_is_sent():
    _, received = sent([request(path="/", body=b"{}", token="abc")], connections=1)
    assert b"\r\nAuthorization: Bearer abc\r\n" in received[0]
