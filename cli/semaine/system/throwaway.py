"""
A system that leaves nothing behind, for rehearsals, tests and benchmarks.

PostgreSQL and Kafka alone, migrated and provisioned::

    async with throwaway_system() as system:
        await asyncpg.connect(system.database_url("stats"))
        AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers)

With services, a gateway and a mail sink::

    async with throwaway_system(services=("registration", "labelling")) as system:
        httpx.post(f"{system.public_url}/v1/events", …)
        await system.processes.kill("kafka")          # faults
        await system.processes.start_again("kafka")
        system.processes.peak_rss_mb()                # by service and server
"""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from semaine.system import ports, record
from semaine.system.borrowed import check_empty, clear
from semaine.system.data_folder import DataFolder
from semaine.system.launch import launch
from semaine.system.lock import AlreadyRunningError, held
from semaine.system.processes import Processes
from semaine.system.services import Settings
from semaine.system.system import Elsewhere, System
from shared.contracts.topics import Service

_PREFIX = "semaine-throwaway-"
_UNLIMITED = {"SEMAINE_RATE_LIMITS": "false"}
"""Rehearsals, tests and benchmarks send from one address what the whole country would."""


@asynccontextmanager
async def throwaway_system(
    *,
    services: Sequence[Service] = (),
    settings: Settings | None = None,
    elsewhere: Elsewhere | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[System]:
    """
    A fresh system on free ports in a temporary folder, which is deleted at the end.

    Without services there is neither a gateway nor a mail sink. `settings`: SEMAINE_… variables by service.
    `elsewhere`: servers to use instead of embedded ones; databases and topics are deleted there at the end.
    Raises `Failure`.
    """
    async with empty_system(elsewhere=elsewhere, tell=tell) as system:
        await launch(system, names=services, settings=settings or {}, tell=tell)
        yield system


@asynccontextmanager
async def empty_system(
    *, elsewhere: Elsewhere | None = None, tell: Callable[[str], None] = lambda _: None
) -> AsyncIterator[System]:
    """The same before anything is started in it."""
    lent = elsewhere or Elsewhere()
    await check_empty(lent)
    _sweep()
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=_PREFIX)))
    if os.geteuid() == 0:
        folder.root.chmod(0o711)  # PostgreSQL runs as somebody else then, and has to get in
    folder.create()
    system = System(
        folder=folder, ports=ports.free(), elsewhere=lent, settings=_UNLIMITED, processes=Processes(tell=tell)
    )
    system.processes.changed = lambda: record.keep(system)
    try:
        yield system
    finally:
        await system.processes.stop_all(ask=False)
        folder.delete()
        await clear(lent)


def _sweep() -> None:
    """Stop and delete throwaway systems whose owner was killed; what another process is sweeping is left to that."""
    for root in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError, AlreadyRunningError):
            if root.stat().st_uid == os.geteuid():
                _sweep_one(DataFolder(root))


def _sweep_one(folder: DataFolder) -> None:
    found = record.Record.read(folder.record)
    if found and not found.supervisor.find():
        with held(folder):
            record.stop_left_behind(found)
            folder.delete()
