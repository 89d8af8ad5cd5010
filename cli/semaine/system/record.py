"""The record of a running system: its processes and addresses, for other terminals and for recovery."""

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from semaine.system.system import System

_SAME_START_SECONDS = 2.0
_STOP_SECONDS = 15.0
_SERVERS = ("postgresql", "kafka", "mail_sink")


@dataclass(frozen=True)
class Recorded:
    """A process as it was written down. The start time tells it from a later one of the same number."""

    pid: int
    started: float

    def find(self) -> psutil.Process | None:
        """The process, if that very one still runs."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START_SECONDS
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


@dataclass(frozen=True, kw_only=True)
class Record:
    """`addresses` is what `System.described` gave."""

    supervisor: Recorded
    processes: dict[str, Recorded]
    addresses: dict[str, object]

    def write(self, file: Path) -> None:
        unfinished = file.with_suffix(".part")
        unfinished.write_text(
            json.dumps(
                {
                    "supervisor": vars(self.supervisor),
                    "processes": {name: vars(process) for name, process in self.processes.items()},
                    "addresses": self.addresses,
                },
                indent=2,
            )
        )
        unfinished.rename(file)

    @classmethod
    def read(cls, file: Path) -> "Record | None":
        """None where there is none, or none that makes sense."""
        try:
            content = json.loads(file.read_text())
            return cls(
                supervisor=Recorded(**content["supervisor"]),
                processes={name: Recorded(**process) for name, process in content["processes"].items()},
                addresses=content["addresses"],
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def left_behind(self) -> dict[str, psutil.Process]:
        """The recorded processes that still run."""
        found = {name: recorded.find() for name, recorded in self.processes.items()}
        return {name: process for name, process in found.items() if process is not None}


def keep(system: System) -> None:
    """Write down what runs, for other terminals and for the case that this process is killed."""
    Record(
        supervisor=myself(),
        processes={name: Recorded(one.pid, one.started) for name, one in system.processes.running.items()},
        addresses=system.described(),
    ).write(system.folder.record)


def myself() -> Recorded:
    """The present process."""
    return Recorded(os.getpid(), psutil.Process().create_time())


def stop_left_behind(record: Record) -> list[str]:
    """
    Stop what a killed supervisor left, the servers last; the names of what was stopped.

    Whatever does not end within `_STOP_SECONDS` is killed.
    """
    found = record.left_behind()
    _stop(process for name, process in found.items() if name not in _SERVERS)
    _stop(process for name, process in found.items() if name in _SERVERS)
    return list(found)


def _stop(processes: Iterable[psutil.Process]) -> None:
    asked = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)  # its fast stop
            asked.append(process)
    _, alive = psutil.wait_procs(asked, timeout=_STOP_SECONDS)
    _kill(alive)


def _kill(processes: Iterable[psutil.Process]) -> None:
    family = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            family += [process, *process.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(family, timeout=_STOP_SECONDS)
