"""One supervisor per data folder: whoever holds the lock. The kernel releases it when that process ends, however."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from semaine.failure import Failure
from semaine.system.data_folder import DataFolder
from semaine.system.record import Record


class AlreadyRunningError(Failure):
    """A system runs in this data folder."""


@contextmanager
def held(folder: DataFolder) -> Iterator[None]:
    """Hold the lock of a data folder. Raises `AlreadyRunningError`."""
    with folder.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(_who(folder)) from None
        yield


def is_held(folder: DataFolder) -> bool:
    """Whether a system runs in this data folder."""
    if not folder.lock.exists():
        return False
    try:
        with held(folder):
            return False
    except AlreadyRunningError:
        return True


def _who(folder: DataFolder) -> str:
    record = Record.read(folder.record)
    by = f" (pid {record.supervisor.pid}, {record.addresses.get('public_url')})" if record else ""
    return (
        f"a system runs already in {folder.root}{by}. `semaine status` shows it, `semaine down` stops it; "
        "for a second one, choose another folder with --data and other ports with --port."
    )
