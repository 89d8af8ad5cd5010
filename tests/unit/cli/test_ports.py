"""Ports for systems that pass: nobody else may have them before, or between a stop and a start of who listens there."""

import asyncio
import socket
from pathlib import Path

import pytest

from semaine.system import ports

_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_each_name_has_a_port_that_nobody_gets_twice():
    found = [ports.free(["http", "kafka", "smtp"]) for _ in range(100)]
    assert all(set(each) == {"http", "kafka", "smtp"} for each in found)
    assert len({port for each in found for port in each.values()}) == 300


@pytest.mark.skipif(not _OUTGOING.exists(), reason="this system does not tell which ports connections get")
def test_no_outgoing_connection_can_have_it():
    first = int(_OUTGOING.read_text().split()[0])
    assert all(port < first for port in ports.free().values())


async def test_a_server_can_listen_on_it_at_once_and_again():
    port = ports.free(["http"])["http"]
    ports.check({"http": port})
    for _ in range(2):
        server = await asyncio.start_server(lambda _, writer: writer.close(), ports.HOST, port)
        reader, writer = await asyncio.open_connection(ports.HOST, port)
        assert await reader.read() == b""
        writer.close()
        server.close()


def test_a_taken_port_is_passed_over(monkeypatch):
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "_UNASSIGNED", range(taken, taken + 1))
        with pytest.raises(ports.PortTakenError, match=f"{taken} is free"):
            ports.free(["http"])
