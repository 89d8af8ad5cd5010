"""
A system that leaves nothing behind, for rehearsals, tests and benchmarks.

async with throwaway_system(services=()) as system:          # PostgreSQL and Kafka alone
    await asyncpg.connect(system.database_url("stats"))      # migrated, as the service's own role
    AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers)   # topics are there
    await system.processes.kill("kafka")                     # faults
    await system.processes.start_again("kafka")
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from semaine.servers.account import outside
from semaine.system import ports, servers
from semaine.system.data_folder import DataFolder
from semaine.system.record import Record, Recorded, myself, stop_left_behind
from semaine.system.system import System

_PREFIX = "semaine-throwaway-"


@asynccontextmanager
async def throwaway_system(*, tell: Callable[[str], None] = lambda _: None) -> AsyncIterator[System]:
    """A fresh system on free ports in a temporary folder, which is deleted at the end."""
    _sweep()
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=_PREFIX)))
    if os.geteuid() == 0:
        folder.root.chmod(0o711)  # PostgreSQL runs as somebody else then, and has to get in
    folder.create()
    system = System(folder=folder, ports=ports.free())
    system.processes.changed = lambda: record(system)
    try:
        await servers.start(system, tell=tell)
        yield system
    finally:
        await system.processes.stop_all(ask=False)
        _delete(folder)


def record(system: System) -> None:
    """Write down what runs, for other terminals and for the case that this process is killed."""
    Record(
        supervisor=myself(),
        processes={name: Recorded(one.pid, one.started) for name, one in system.processes.running.items()},
        addresses=system.described(),
    ).write(system.folder.record)


def _sweep() -> None:
    """Stop and delete throwaway systems whose owner was killed."""
    for root in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if root.stat().st_uid != os.geteuid():
            continue
        found = Record.read(root / "running.json")
        if found and not found.supervisor.find():
            stop_left_behind(found)
            _delete(DataFolder(root))


def _delete(folder: DataFolder) -> None:
    shutil.rmtree(folder.root, ignore_errors=True)
    shutil.rmtree(outside(folder.postgresql), ignore_errors=True)
