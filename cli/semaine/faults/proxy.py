"""A TCP proxy on loopback whose connections can be broken the ways a network breaks them."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import Literal

from semaine.system.ports import HOST

Direction = Literal["to_server", "to_client"]
_CHUNK_BYTES = 64 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """
    How a link is broken.

    cut: what is open is reset, what is new as well. one_way_cut: what flows in `direction` is held back, and comes late
    when the link heals, as what TCP sends again does. delay: each piece waits for `seconds`. half_open: it accepts and
    never answers; what was sent is gone, so healing resets it.
    """

    mode: Literal["cut", "one_way_cut", "delay", "half_open"]
    direction: Direction | None = None
    seconds: float = 0.0


class Link:
    """The way from one client to one server, in pieces of at most `piece_bytes`. Clients connect to `port`."""

    def __init__(self, *, server_port: int, piece_bytes: int = _CHUNK_BYTES) -> None:
        self._server_port = server_port
        self._piece_bytes = piece_bytes
        self._broken: Break | None = None
        self._healed = asyncio.Event()
        self._healed.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._listener is not None
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    async def open(self) -> None:
        """Listen on a free port."""
        self._listener = await asyncio.start_server(self._accept, HOST, 0, limit=_CHUNK_BYTES)

    def close(self) -> None:
        """Stop listening, reset what is open."""
        if self._listener:
            self._listener.close()
        self._reset_all()

    def break_(self, how: Break) -> None:
        """Break the link, until `heal`."""
        self._broken = how
        self._healed.clear()
        if how.mode == "cut":
            self._reset_all()

    def heal(self) -> None:
        """Let everything pass again."""
        broken, self._broken = self._broken, None
        if broken and broken.mode == "half_open":
            self._reset_all()
        self._healed.set()

    def _reset_all(self) -> None:
        for writer in self._open:
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._broken and self._broken.mode == "half_open":
                await self._healed.wait()
            elif not (self._broken and self._broken.mode == "cut"):
                await self._connect(reader, writer)
        except OSError:
            pass  # one side is gone: the other learns it by the reset
        finally:
            self._open.discard(writer)
            _reset(writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(HOST, self._server_port, limit=_CHUNK_BYTES)
        self._open.add(server_writer)
        try:
            await asyncio.gather(
                self._carry(reader, server_writer, "to_server"), self._carry(server_reader, writer, "to_client")
            )
            for done in (writer, server_writer):
                done.close()
                await done.wait_closed()
        finally:
            self._open.discard(server_writer)
            _reset(server_writer)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, direction: Direction) -> None:
        """Until the source ends; that it ended is passed on like everything else."""
        try:
            while data := await source.read(self._piece_bytes):
                if await self._may_pass(direction):
                    target.write(data)
                    await target.drain()
        except OSError:
            if await self._may_pass(direction):
                _reset(target)
            return
        if await self._may_pass(direction):
            with contextlib.suppress(OSError):
                target.write_eof()

    async def _may_pass(self, direction: Direction) -> bool:
        """Wait as long as the link holds it back; False if it is swallowed."""
        while (broken := self._broken) and broken.mode == "one_way_cut" and broken.direction == direction:
            await self._healed.wait()
        if broken and broken.mode == "delay":
            await asyncio.sleep(broken.seconds)
        return not (broken and broken.mode == "half_open")


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection by a reset rather than in order; one that has ended stays as it is."""
    if writer.transport.is_closing():
        return
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()
