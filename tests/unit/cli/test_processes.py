"""Child processes, real ones."""

import asyncio
import signal
import socket
import sys
import textwrap

import psutil
import pytest

from semaine.system import probe
from semaine.system.ports import free
from semaine.system.process import Layer, Program, StartError, run
from semaine.system.processes import Processes, together

LISTENS = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    time.sleep(1)
"""
FAILS = """
print("line one")
print("the disk is full")
raise SystemExit(3)
"""
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LISTENS


@pytest.fixture
def told():
    return []


@pytest.fixture
async def processes(told):
    all_of_them = Processes(tell=told.append)
    yield all_of_them
    await all_of_them.stop_all(ask=False)


@pytest.fixture
def program(tmp_path):
    def make(code, *, name="part", layer=Layer.SERVER, stop_patience=20, patience=20):
        port = free()["gateway"]

        async def missing():
            return None if await probe.accepts(port) else "nobody listens"

        return Program(
            name=name,
            command=[sys.executable, "-c", textwrap.dedent(code), str(port)],
            folder=tmp_path,
            log=tmp_path / f"{name}.log",
            missing=missing,
            layer=layer,
            patience=patience,
            stop_patience=stop_patience,
        )

    return make


async def test_a_started_process_is_ready_and_measured(processes, program):
    await processes.start(program(LISTENS))
    assert processes.peak_rss_mb()["part"] > 1


async def test_one_that_ends_while_starting_shows_the_end_of_its_log(processes, program, tmp_path):
    with pytest.raises(StartError) as failure:
        await processes.start(program(FAILS))
    assert "part ended with 3 while starting" in str(failure.value)
    assert "the disk is full" in str(failure.value)
    assert str(tmp_path / "part.log") in str(failure.value)
    assert not processes.running


async def test_one_that_never_answers_is_given_up_and_ended(processes, program):
    with pytest.raises(StartError, match=r"was not ready after .* s: nobody listens"):
        await processes.start(program("import time\ntime.sleep(60)", patience=0.3))
    assert not processes.running


async def test_one_that_ignores_the_stop_signal_is_killed(processes, program):
    await processes.start(program(IGNORES_SIGTERM, stop_patience=0.2))
    pid = processes.running["part"].pid
    await processes.stop("part")
    assert not psutil.pid_exists(pid)


async def test_a_killed_one_can_be_started_again_as_it_was(processes, program):
    await processes.start(program(LISTENS))
    before = processes.running["part"].pid
    await processes.kill("part")
    assert processes.died() == []
    await processes.start_again("part")
    assert processes.running["part"].pid != before


async def test_one_that_dies_is_restarted_and_that_is_told(processes, program, told):
    await processes.start(program(LISTENS))
    first = processes.running["part"]
    first.send(signal.SIGKILL)
    await first.wait()
    back = asyncio.Event()
    processes.tell = lambda line: (told.append(line), "is back" in line and back.set())
    watching = asyncio.create_task(processes.watch())
    async with asyncio.timeout(30):
        await back.wait()
    watching.cancel()
    assert processes.running["part"].pid != first.pid
    assert any("part has ended with -9" in line for line in told)
    assert "Restarting part in 1 s" in told


async def test_upper_layers_end_before_those_below(processes, program):
    ended = []
    await processes.start(program(LISTENS, name="gateway", layer=Layer.GATEWAY))
    await processes.start(program(LISTENS, name="server", layer=Layer.SERVER))
    await processes.start(program(LISTENS, name="service", layer=Layer.SERVICE))
    names = set(processes.running)
    processes.changed = lambda: ended.extend(names - set(processes.running) - set(ended))
    await processes.stop_all()
    assert ended == ["gateway", "service", "server"]


async def test_the_first_failure_cancels_the_rest(processes, program):
    with pytest.raises(StartError, match="the disk is full"):
        await together(
            processes.start(program("import time\ntime.sleep(60)", name="slow")),
            processes.start(program(FAILS, name="failing")),
        )
    assert not processes.running


async def test_a_command_that_fails_shows_what_it_printed(tmp_path):
    with pytest.raises(StartError, match="ended with 3:\nline one\nthe disk is full"):
        await run([sys.executable, "-c", FAILS], folder=tmp_path, environment={}, seconds=20)


async def test_a_command_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(StartError, match="did not end within"):
        await run([sys.executable, "-c", "import time; time.sleep(60)"], folder=tmp_path, environment={}, seconds=0.3)


async def test_an_http_answer_that_is_not_200_is_what_is_missing(tmp_path):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\n\r\nthe outbox is ageing")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await probe.missing(port, "/health/ready") == "the outbox is ageing"
    server.close()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "nobody listens" in await probe.missing(unused.getsockname()[1], "/health/ready")
