"""The first run plays a small edition for everybody to see; the next ones find it again."""

import json
import signal

import httpx
import pytest

from semaine.generation import SMALL
from tests.terminal import Terminal

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
PLAYS = "playing an edition of"


@pytest.fixture
def terminal(tmp_path):
    terminal = Terminal(tmp_path / "data")
    yield terminal
    terminal.close()


def test_the_first_run_plays_an_edition_and_the_second_finds_it_again(terminal):
    shown = terminal.start()
    assert PLAYS in shown
    assert "The audit is clean" in shown
    first = _counters(terminal)
    assert _announced(first) == SMALL.people
    assert _events(first) == _expected()
    audit = terminal.run("audit", "--json")
    assert (audit.returncode, json.loads(audit.stdout)) == (0, {"clean": True, "differences": []})
    assert terminal.end(signal.SIGINT).rstrip().endswith("Stopped")
    assert terminal.up.returncode == 0

    shown = terminal.start()
    assert PLAYS not in shown
    assert _counters(terminal) == first
    assert json.loads(terminal.run("status", "--json").stdout)["well"]
    assert terminal.run("down").returncode == 0
    assert terminal.up.wait() == 0

    assert terminal.run("reset", "--yes").returncode == 0
    assert not terminal.data.exists()


def test_a_play_that_is_interrupted_is_played_to_its_end_by_the_next_run(terminal):
    terminal.start(until=PLAYS)
    assert terminal.end(signal.SIGINT).rstrip().endswith("Stopped")
    assert terminal.up.returncode == 0

    shown = terminal.start()
    assert PLAYS in shown
    assert "The audit is clean" in shown
    assert _announced(_counters(terminal)) == SMALL.people
    assert terminal.end(signal.SIGINT).rstrip().endswith("Stopped")


def _counters(terminal):
    url = f"http://127.0.0.1:{terminal.ports['gateway']}/v1/counters"
    answer = httpx.get(url, params={"edition": "2020"})
    assert answer.is_success, answer.text
    return {name: answer.json()["counters"][name] for name in ("total", "status", "region", "type", "theme")}


def _announced(counters):
    return sum(tally["announced"] for tally in counters["total"])


def _events(counters):
    return {tally["value"]: tally["events"] for tally in counters["status"]}


def _expected():
    """Events by verdict, as the edition was generated."""
    verdicts = [event.expected for event in SMALL.generate_events()]
    return {verdict: verdicts.count(verdict) for verdict in {*verdicts}}
