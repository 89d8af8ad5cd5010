"""The system that runs in a data folder, for commands in another terminal."""

from pathlib import Path
from typing import Any

from semaine.failure import Failure
from semaine.system.data_folder import DataFolder
from semaine.system.record import Record
from semaine.system.system import Elsewhere, System


class NotRunningError(Failure):
    """No system runs where one was expected."""


def running(root: Path) -> System:
    """The system that runs in a data folder, without hold of its processes. Raises `NotRunningError`."""
    record = Record.read(DataFolder(root).record)
    if record is None or not record.supervisor.find():
        raise NotRunningError(f"no system runs in {root.resolve()}: `semaine up` starts one; --data names another")
    addresses: dict[str, Any] = record.addresses
    embedded = addresses["embedded"]
    return System(
        folder=DataFolder(root),
        ports=addresses["ports"],
        elsewhere=Elsewhere(
            database_admin_url=None if embedded["postgresql"] else addresses["database"],
            kafka_bootstrap_servers=None if embedded["kafka"] else addresses["bootstrap_servers"],
        ),
    )
