"""A post goes to the address that was judged and nowhere else; what comes back is bounded in size and in time."""

import asyncio
import contextlib
import gzip
import re
import socket
import ssl
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import trustme

from notifications.deliveries.domain import Sent
from notifications.pages.answers import in_words
from notifications.webhooks.domain import EndpointAway, Reaction
from notifications.webhooks.posting import Poster
from semaine.system import ports

NOW = datetime(2020, 11, 16, 9, tzinfo=UTC)
PATIENCE_SECONDS = 20
PUBLIC = "93.184.216.34"
TLS = ssl.create_default_context()


@dataclass
class Listener:
    """A server on loopback that answers whatever comes by `answer`."""

    port: int = 0
    connections: int = 0
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError):
                await reader.readuntil(b"{}")
                if self.answer:
                    await self.answer(writer)
        finally:
            writer.close()
            self.ended.set()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    server = await asyncio.start_server(found.take, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()


async def post(url: str, *, allow_private: bool = False, timeout: float = PATIENCE_SECONDS) -> Reaction:  # noqa: ASYNC109
    async with Poster(url=url, allow_private=allow_private, timeout_seconds=timeout, tls=TLS) as poster:
        return await poster.post(body="{}", headers={}, now=NOW)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
        "localhost", "LOCALHOST", "localhost.", "0", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",  # noqa: S104
        "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[::]", "[::1%25lo]", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1",
    ],
)  # fmt: skip
async def test_whatever_loopback_is_called_nothing_gets_there(listener, host):
    reaction = await post(f"http://{host}:{listener.port}/hook")
    assert isinstance(reaction, EndpointAway)
    assert listener.connections == 0


# What a name leads to


@pytest.fixture
def dialled(monkeypatch) -> list[str]:
    """The addresses to which a connection was begun; none of them is reached."""
    found: list[str] = []

    async def refuse(_loop, _socket: socket.socket, address: tuple) -> None:
        found.append(address[0])
        raise OSError("refused by the test")

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", refuse)
    return found


@pytest.fixture
def resolves(monkeypatch) -> Callable[..., list[str]]:
    """`resolves([addresses], …)`: what a name leads to, each time it is asked for; the last one for ever."""

    def answers(*each: list[str]) -> list[str]:
        remaining, asked = list(each), []

        def look_up(host: str, port: int, *_arguments, **_named) -> list[tuple]:
            asked.append(host)
            found = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return answers


async def test_a_name_that_changes_its_mind_is_judged_by_the_address_that_is_connected_to(dialled, resolves):
    """DNS rebinding: public when it is looked at, private right after."""
    asked = resolves([PUBLIC], ["127.0.0.1"])
    await post("http://partner.example/hook")
    assert (asked, dialled) == (["partner.example"], [PUBLIC])
    reaction = await post("http://partner.example/hook")
    assert "no public address" in reaction.detail
    assert dialled == [PUBLIC]


async def test_of_several_addresses_only_public_ones_are_tried(dialled, resolves):
    resolves(["127.0.0.1", "10.0.0.1", "fe80::1%eth0", PUBLIC])
    await post("https://partner.example/hook")
    assert dialled == [PUBLIC]


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "::1", "fd00::1",
    "fe80::1%eth0", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
    "fd00:ec2::254",
])  # fmt: skip
async def test_a_name_that_leads_to_a_private_address_alone_is_not_connected_to(dialled, resolves, address):
    resolves([address])
    reaction = await post("https://partner.example/hook")
    assert "no public address" in reaction.detail
    assert dialled == []


async def test_proxies_of_the_environment_are_not_asked(dialled, resolves, monkeypatch):
    """They would connect to what nobody has judged."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    resolves([PUBLIC])
    await post("http://partner.example/hook")
    await post("https://partner.example/hook")
    assert dialled == [PUBLIC, PUBLIC]


# TLS


@pytest.mark.parametrize(("certified", "reached"), [("partner.example", True), ("other.example", False)])
async def test_the_certificate_is_the_names_although_the_address_is_called(resolves, certified, reached):
    authority, asked = trustme.CA(), []
    ours, theirs = ssl.create_default_context(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.configure_trust(ours)
    authority.issue_cert(certified).configure_cert(theirs)
    theirs.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            asked.append((await reader.readuntil(b"{}")).partition(b"ost: ")[2].partition(b"\r\n")[0].decode())
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=theirs)
    port = server.sockets[0].getsockname()[1]
    resolves(["127.0.0.1"])
    url = f"https://partner.example:{port}/hook"
    async with Poster(url=url, allow_private=True, timeout_seconds=PATIENCE_SECONDS, tls=ours) as poster:
        reaction = await poster.post(body="{}", headers={}, now=NOW)
    server.close()
    assert asked == ["partner.example"] + [f"partner.example:{port}"] * reached
    assert isinstance(reaction, Sent if reached else EndpointAway)
    if not reached:
        check_told(reaction, kind="certificate")


# Connections that are kept


@pytest.mark.parametrize("closes_after", [0, 0.001, 0.01])
async def test_an_endpoint_that_closes_connections_unannounced_gets_all(listener, closes_after):
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(closes_after)

    listener.answer = answer
    url = f"http://127.0.0.1:{listener.port}/hook"
    async with Poster(url=url, allow_private=True, timeout_seconds=PATIENCE_SECONDS, tls=TLS) as poster:

        async def posts() -> list[Reaction]:
            return [await poster.post(body="{}", headers={}, now=NOW) for _ in range(10)]

        reactions = [each for some in await asyncio.gather(*(posts() for _ in range(4))) for each in some]
    assert {type(each) for each in reactions} == {Sent}


async def test_a_post_whose_new_connection_breaks_is_not_sent_again(listener):
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True)
    assert isinstance(reaction, EndpointAway)
    assert listener.connections == 1


# What comes back


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(listener, status):
    async def elsewhere(writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 %d \r\nLocation: http://127.0.0.1:%d/metadata\r\nContent-Length: 0\r\n\r\n"
            % (status, listener.port)
        )
        await writer.drain()

    listener.answer = elsewhere
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True)
    assert str(status) in reaction.detail
    assert listener.connections == 1


async def test_an_answer_without_end_is_cut_off(listener):
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    listener.answer = endless
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True)
    assert isinstance(reaction, Sent)
    assert len(reaction.detail) < 300
    async with asyncio.timeout(PATIENCE_SECONDS):
        await listener.ended.wait()


async def test_a_head_without_end_is_no_answer(listener):
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"x: " + b"y" * 1000 + b"\r\n")
            await writer.drain()

    listener.answer = endless
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True)
    assert isinstance(reaction, EndpointAway)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await listener.ended.wait()


async def test_what_is_packed_stays_packed(listener):
    """A small answer that would unpack to gigabytes."""
    packed = gzip.compress(b"\0" * 10_000_000)

    async def bomb(writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        writer.write(head + packed)
        await writer.drain()

    listener.answer = bomb
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True)
    assert isinstance(reaction, Sent)
    assert len(reaction.detail) < 300


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["none", "head", "body"]
)
async def test_an_answer_that_drips_is_not_waited_for(listener, begin):
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    listener.answer = drip
    reaction = await post(f"http://127.0.0.1:{listener.port}/hook", allow_private=True, timeout=0.5)
    assert isinstance(reaction, EndpointAway)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await listener.ended.wait()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two hundred OK\r\n\r\n",
        b"x" * 5_000 + b"\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_an_answer_that_is_no_http_is_told_as_one(listener, nonsense):
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(nonsense)
        await writer.drain()

    listener.answer = answer
    check_told(await post(f"http://127.0.0.1:{listener.port}/hook?token=secret", allow_private=True))


async def test_nobody_listening_is_told_as_that():
    port = ports.free(["nobody"])["nobody"]
    check_told(await post(f"http://127.0.0.1:{port}/hook?token=secret", allow_private=True), kind="closed")


async def test_a_name_that_nobody_knows_is_told_as_that():
    check_told(await post("http://nobody.invalid/hook?token=secret"), kind="unknown_host")


def check_told(reaction: Reaction, *, kind: str = "not_reached") -> None:
    """One line for people: of what a partner's address holds, and of objects of the program, it tells nothing."""
    assert isinstance(reaction, EndpointAway)
    assert re.fullmatch(r"not reached: [^\n<>]*[^\n<> ]", reaction.detail)
    assert "secret" not in reaction.detail
    assert len(reaction.detail) < 300
    words = in_words(reaction.detail)
    assert words is not None
    assert words.kind == kind
