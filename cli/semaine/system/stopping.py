"""Stop a system from another terminal."""

import contextlib
import time

import psutil

from semaine.failure import Failure
from semaine.system.data_folder import DataFolder
from semaine.system.lock import is_held
from semaine.system.record import Record, Recorded, stop_left_behind

_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 90
"""Longer than all processes of a system may take one after the other."""


class NotStoppedError(Failure):
    """A system did not stop in time."""


def stop(folder: DataFolder) -> str:
    """Stop what runs in a data folder; a sentence about what was done. Raises `NotStoppedError`."""
    record = Record.read(folder.record)
    if record and record.supervisor.find() and is_held(folder):
        _stop_supervisor(record.supervisor)
        return f"Stopped the system in {folder.root}"
    stopped = clear_up(folder)
    if stopped:
        return f"Stopped what a killed run had left in {folder.root}: {', '.join(stopped)}"
    return f"Nothing runs in {folder.root}"


def clear_up(folder: DataFolder) -> list[str]:
    """Stop what a killed run has left in a folder that nobody supervises; the names of what was stopped."""
    record = Record.read(folder.record)
    stopped = stop_left_behind(record) if record else []
    folder.record.unlink(missing_ok=True)
    return stopped


def _stop_supervisor(supervisor: Recorded) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        try:
            psutil.Process(supervisor.pid).terminate()
        except psutil.AccessDenied:
            raise NotStoppedError(f"not allowed to stop pid {supervisor.pid}: it belongs to another user") from None
    # A parent that does not reap its children leaves it as a zombie, for which waiting would never end.
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while supervisor.find():
        if time.monotonic() > deadline:
            raise NotStoppedError(
                f"pid {supervisor.pid} has not stopped within {_PATIENCE_SECONDS} s: `kill -9 {supervisor.pid}`, "
                "then `semaine down` stops what it leaves behind"
            )
        time.sleep(_LOOK_SECONDS)
