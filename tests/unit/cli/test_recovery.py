"""What a killed supervisor leaves, and what only looks like it."""

import socket
import subprocess
import sys
import tempfile

import psutil
import pytest

from semaine.commands.reset import reset
from semaine.system.data_folder import DataFolder
from semaine.system.lock import AlreadyRunningError, held, is_held
from semaine.system.ports import DEFAULTS, PortTakenError, check, free
from semaine.system.record import Record, Recorded, myself, stop_left_behind
from semaine.system.stopping import stop
from semaine.system.throwaway import empty_system

HOLDS_LOCK = """
import sys, time
from pathlib import Path
from semaine.system.data_folder import DataFolder
from semaine.system.lock import held
with held(DataFolder(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def record_of(child, *, started=None):
    born = psutil.Process(child.pid).create_time()
    return Record(
        supervisor=Recorded(child.pid, born + 100),
        processes={"stats": Recorded(child.pid, born if started is None else started)},
        addresses={"public_url": "http://127.0.0.1:8080"},
    )


def test_a_record_survives_being_written(tmp_path):
    record = Record(supervisor=myself(), processes={"stats": Recorded(1, 2.5)}, addresses={"ports": {"stats": 8004}})
    record.write(tmp_path / "running.json")
    assert Record.read(tmp_path / "running.json") == record


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"supervisor": 3}', '{"supervisor": {"pid": 1}}'])
def test_a_broken_record_counts_as_none(tmp_path, content):
    (tmp_path / "running.json").write_text(content)
    assert Record.read(tmp_path / "running.json") is None


def test_what_was_left_behind_is_stopped(sleeper):
    assert stop_left_behind(record_of(sleeper)) == ["stats"]
    assert not psutil.pid_exists(sleeper.pid)


def test_another_process_with_the_same_number_is_left_alone(sleeper):
    assert stop_left_behind(record_of(sleeper, started=1.0)) == []
    assert sleeper.poll() is None


def test_down_stops_what_a_killed_run_left(folder, sleeper):
    record_of(sleeper).write(folder.record)
    assert "stats" in stop(folder)
    assert not psutil.pid_exists(sleeper.pid)
    assert not folder.record.exists()
    assert stop(folder).startswith("Nothing runs")


def test_reset_stops_what_a_killed_run_left_before_it_deletes_its_data(folder, sleeper):
    record_of(sleeper).write(folder.record)
    reset(data=folder.root, yes=True)
    assert not psutil.pid_exists(sleeper.pid)
    assert not folder.root.exists()


async def test_a_throwaway_system_of_a_killed_owner_is_swept_by_one_process_alone(tmp_path, monkeypatch, sleeper):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = DataFolder(tmp_path / "semaine-throwaway-left")
    left.create()
    record_of(sleeper).write(left.record)
    with held(left):  # by who sweeps it
        async with empty_system():
            assert left.record.exists()
    async with empty_system():
        assert not left.root.exists()
    assert not psutil.pid_exists(sleeper.pid)


def test_only_one_supervisor_per_folder(folder):
    holder = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", HOLDS_LOCK, str(folder.root)], stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyRunningError, match="semaine down"), held(folder):
        pass
    holder.kill()
    holder.communicate()
    assert not is_held(folder)


def test_a_taken_port_is_named_with_the_way_out(taken_port):
    with pytest.raises(PortTakenError) as failure:
        check({"gateway": taken_port, "stats": free()["stats"]})
    assert f"port {taken_port} (gateway) is taken by" in str(failure.value)
    assert "--port gateway=NUMBER" in str(failure.value)
    assert "stats" not in str(failure.value)


def test_free_ports_differ():
    ports = free()
    assert set(ports) == set(DEFAULTS)
    assert len(set(ports.values())) == len(ports)
