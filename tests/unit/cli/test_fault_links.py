"""A link between a client and an echoing server, broken in each way and healed."""

import asyncio
import contextlib

import pytest

from semaine.faults.proxy import Break, Link

SOON = 5
NOT_NOW = 0.2
HOST = "127.0.0.1"


@contextlib.asynccontextmanager
async def echoing():
    """A link to a server that sends back what it gets; yields the link and what the server has got."""
    got = bytearray()

    async def echo(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(1000):
                got.extend(data)
                writer.write(data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    link = Link(server_port=server.sockets[0].getsockname()[1])
    await link.open()
    try:
        yield link, got
    finally:
        link.close()
        server.close()
        await asyncio.sleep(0)


class Client:
    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, link):
        return cls(*await asyncio.open_connection(HOST, link.port))

    async def say(self, data):
        self._writer.write(data)
        await self._writer.drain()

    async def hear(self, count, *, within=SOON):
        async with asyncio.timeout(within):
            return await self._reader.readexactly(count)

    async def is_reset(self):
        try:
            async with asyncio.timeout(SOON):
                return await self._reader.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self._writer.close()


async def test_what_is_sent_passes_and_so_does_its_end():
    async with echoing() as (link, _):
        client = await Client.connect(link)
        await client.say(b"hello")
        assert await client.hear(5) == b"hello"
        client._writer.write_eof()
        async with asyncio.timeout(SOON):
            assert await client._reader.read() == b""
        client.close()


async def test_a_cut_resets_what_is_open_and_what_is_new():
    async with echoing() as (link, _):
        client = await Client.connect(link)
        await client.say(b"hello")
        await client.hear(5)
        link.break_(Break(mode="cut"))
        assert await client.is_reset()
        assert await (await Client.connect(link)).is_reset()
        link.heal()
        client = await Client.connect(link)
        await client.say(b"again")
        assert await client.hear(5) == b"again"
        client.close()


async def test_a_one_way_cut_holds_back_what_is_asked_until_it_heals():
    async with echoing() as (link, got):
        client = await Client.connect(link)
        link.break_(Break(mode="one_way_cut", direction="to_server"))
        await client.say(b"late")
        with pytest.raises(TimeoutError):
            await client.hear(4, within=NOT_NOW)
        assert not got
        link.heal()
        assert await client.hear(4) == b"late"
        client.close()


async def test_a_one_way_cut_holds_back_the_answer_to_what_was_done():
    async with echoing() as (link, got):
        client = await Client.connect(link)
        link.break_(Break(mode="one_way_cut", direction="to_client"))
        await client.say(b"done")
        with pytest.raises(TimeoutError):
            await client.hear(4, within=NOT_NOW)
        assert got == b"done"
        link.heal()
        assert await client.hear(4) == b"done"
        client.close()


async def test_what_a_client_sent_before_it_went_still_comes():
    async with echoing() as (link, got):
        client = await Client.connect(link)
        link.break_(Break(mode="one_way_cut", direction="to_server"))
        await client.say(b"zombie")
        client.close()
        await asyncio.sleep(NOT_NOW)
        link.heal()
        async with asyncio.timeout(SOON):
            while got != b"zombie":  # noqa: ASYNC110 - the server says nothing
                await asyncio.sleep(0.01)


async def test_a_half_open_link_accepts_and_swallows_and_healing_resets():
    async with echoing() as (link, got):
        before = await Client.connect(link)
        link.break_(Break(mode="half_open"))
        new = await Client.connect(link)
        for client in (before, new):
            await client.say(b"lost")
            with pytest.raises(TimeoutError):
                await client.hear(1, within=NOT_NOW)
        link.heal()
        assert await before.is_reset()
        assert await new.is_reset()
        assert not got


async def test_a_slow_link_passes_everything():
    async with echoing() as (link, _):
        client = await Client.connect(link)
        link.break_(Break(mode="delay", seconds=0.05))
        await client.say(b"slowly")
        assert await client.hear(6) == b"slowly"
        client.close()


async def test_a_server_that_is_away_looks_like_a_reset():
    link = Link(server_port=1)
    await link.open()
    assert await (await Client.connect(link)).is_reset()
    link.close()
