"""Stop a system from another terminal."""

import contextlib

import psutil

from semaine.failure import Failure
from semaine.system.data_folder import DataFolder
from semaine.system.lock import is_held
from semaine.system.record import Record, stop_left_behind

_PATIENCE_SECONDS = 90
"""Longer than all processes of a system may take one after the other."""


class NotStoppedError(Failure):
    """A system did not stop in time."""


def stop(folder: DataFolder) -> str:
    """Stop what runs in a data folder; a sentence about what was done. Raises `NotStoppedError`."""
    record = Record.read(folder.record)
    supervisor = record.supervisor.find() if record else None
    if supervisor and is_held(folder):
        _stop_supervisor(supervisor)
        return f"Stopped the system in {folder.root}"
    stopped = stop_left_behind(record) if record else []
    folder.record.unlink(missing_ok=True)
    if stopped:
        return f"Stopped what a killed run had left in {folder.root}: {', '.join(stopped)}"
    return f"Nothing runs in {folder.root}"


def _stop_supervisor(supervisor: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        try:
            supervisor.terminate()
            supervisor.wait(timeout=_PATIENCE_SECONDS)
        except psutil.AccessDenied:
            raise NotStoppedError(f"not allowed to stop pid {supervisor.pid}: it belongs to another user") from None
        except psutil.TimeoutExpired:
            raise NotStoppedError(
                f"pid {supervisor.pid} has not stopped within {_PATIENCE_SECONDS} s: `kill -9 {supervisor.pid}`, "
                "then `semaine down` stops what it leaves behind"
            ) from None
