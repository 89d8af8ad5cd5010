"""`semaine up` as a person uses it: in one terminal, with `status` and `down` in another."""

import json
import signal
import socket

import httpx
import psutil
import pytest

from shared.contracts.topics import SERVICES
from tests.terminal import Terminal

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
PARTS = {*SERVICES, "gateway", "mail_sink", "postgresql", "kafka"}


@pytest.fixture
def terminal(tmp_path):
    terminal = Terminal(tmp_path / "data")
    terminal.data.mkdir()
    (terminal.data / "played").touch()
    yield terminal
    terminal.close()


def test_a_system_is_run_killed_recovered_and_stopped(terminal):
    shown = terminal.start()
    url = f"http://127.0.0.1:{terminal.ports['gateway']}"
    assert url in shown

    status = terminal.run("status", "--json")
    overview = json.loads(status.stdout)
    assert (status.returncode, overview["state"], overview["well"]) == (0, "running", True)
    assert {part["name"] for part in overview["parts"]} == PARTS
    assert all(part["peak_rss_mb"] < 300 for part in overview["parts"])

    token = terminal.run("token", "--role", "staff", "--subject", "me").stdout.strip()
    assert httpx.get(f"{url}/v1/partners", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert httpx.get(f"{url}/v1/partners").status_code == 401

    second = terminal.run("up")
    assert (second.returncode, "runs already" in second.stderr) == (1, True)
    assert terminal.run("reset", "--yes").returncode == 1

    _put_edition(url, token)
    terminal.end(signal.SIGKILL)
    status = terminal.run("status", "--json")
    assert (status.returncode, json.loads(status.stdout)["state"]) == (1, "left behind")

    shown = terminal.start()
    assert "The last run was killed" in shown
    assert httpx.get(f"{url}/v1/editions/2020").json()["name"]["fr"] == "Semaine 2020"

    pids = [process.pid for process in terminal.processes().values()]
    rest = terminal.end(signal.SIGINT)
    assert rest.rstrip().endswith("Stopped")
    assert terminal.up.returncode == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert terminal.run("status").returncode == 3


def _put_edition(url, token):
    edition = {
        "number": 10,
        "name": {"fr": "Semaine 2020", "en": "Week 2020"},
        "dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
        "label_window": {"first_day": "2020-03-16", "last_day": "2020-04-19"},
        "submission_deadline": "2020-03-20",
    }
    answer = httpx.put(f"{url}/v1/editions/2020", json=edition, headers={"Authorization": f"Bearer {token}"})
    assert answer.is_success, answer.text


def test_a_taken_port_is_named_and_nothing_is_started(terminal):
    with socket.create_server(("127.0.0.1", terminal.ports["stats"])):
        done = terminal.run("up", *(f"--port={name}={port}" for name, port in terminal.ports.items()))
    assert done.returncode == 1
    assert f"port {terminal.ports['stats']} (stats) is taken" in done.stderr
    assert not (terminal.data / "running.json").exists()


def test_a_part_that_cannot_start_is_shown_with_its_log_and_all_is_stopped(terminal):
    (terminal.data / "kafka" / "log").mkdir(parents=True)  # a log folder that was never formatted
    done = terminal.run("up", *(f"--port={name}={port}" for name, port in terminal.ports.items()))
    assert done.returncode == 1
    assert "kafka ended with 1 while starting" in done.stderr
    assert str(terminal.data / "logs" / "kafka.log") in done.stderr
    assert "meta.properties" in done.stderr
    assert "Traceback" not in done.stderr
    assert terminal.run("status").returncode == 3
