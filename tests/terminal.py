"""A terminal in which a person runs `semaine`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from semaine.system.ports import free
from semaine.system.record import Record

RUNS = "Ctrl-C stops everything"


class Terminal:
    """Runs `semaine` commands on one data folder."""

    def __init__(self, data):
        self.data = data
        self.ports = free()
        self.up = None

    def start(self, *, until=RUNS):
        """Start `semaine up`; what it printed until it runs, or until a line with these words."""
        options = [f"--port={name}={port}" for name, port in self.ports.items()]
        self.up = subprocess.Popen(  # noqa: S603 - our own command
            [*self._command("up"), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
        )
        lines = []
        for line in self.up.stdout:
            lines.append(line)
            if until in line:
                return "".join(lines)
        pytest.fail(f"it ended with {self.up.wait()}:\n{''.join(lines)}")

    def run(self, *arguments):
        return subprocess.run(  # noqa: S603 - our own command
            [*self._command(arguments[0]), *arguments[1:]],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=_environment(),
        )

    def end(self, number):
        """Send a signal; what it printed after that."""
        self.up.send_signal(number)
        rest = self.up.stdout.read()
        self.up.wait(timeout=60)
        self.up.stdout.close()
        return rest

    def close(self):
        """Stop what runs and delete its data."""
        self.run("down")
        if self.up and not self.up.stdout.closed:
            self.up.communicate()
        self.run("reset", "--yes")

    def processes(self):
        return Record.read(Path(self.data) / "running.json").processes

    def _command(self, name):
        return [sys.executable, "-m", "semaine.main", name, "--data", str(self.data)]


def _environment():
    """Embedded servers, whatever the other tests use."""
    ours = ("DATABASE_ADMIN_URL", "KAFKA_BOOTSTRAP_SERVERS")
    return {name: value for name, value in os.environ.items() if name not in ours}
