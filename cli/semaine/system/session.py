"""A system that runs until it is told to stop: what `semaine up` does."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from semaine.rehearsal.first_play import NotPlayedError, play_first
from semaine.rehearsal.summary import summary
from semaine.system import ports as listening
from semaine.system import record, servers
from semaine.system.data_folder import DataFolder
from semaine.system.given import given
from semaine.system.launch import launch
from semaine.system.lock import held
from semaine.system.processes import Processes
from semaine.system.screen import Screen
from semaine.system.services import Settings, environment
from semaine.system.signals import StopSignals
from semaine.system.stopping import clear_up
from semaine.system.system import Elsewhere, System
from shared.contracts.topics import SERVICES


async def run(root: Path, *, ports: Mapping[str, int]) -> None:
    """Start everything, stay until a stop signal, stop everything. Raises `Failure`."""
    screen = Screen()
    folder = DataFolder(root)
    folder.create()
    with held(folder):
        _recover(folder, screen.tell)
        system = System(
            folder=folder, ports=ports, elsewhere=Elsewhere.from_environment(), processes=Processes(tell=screen.tell)
        )
        listening.check({name: ports[name] for name in servers.needed_ports(system)})
        system.processes.changed = lambda: record.keep(system)
        settings = given(ours={name for service in SERVICES for name in environment(system, service)})
        signals = StopSignals()
        try:
            await signals.cancel(_stay(system, screen, settings))
        finally:
            await _stop(system, signals, screen.tell)


async def _stay(system: System, screen: Screen, settings: Settings) -> None:
    screen.tell(f"Starting in {system.folder.root}")
    await launch(system, names=SERVICES, settings=settings, tell=screen.tell)
    watching = asyncio.create_task(system.processes.watch())
    try:
        await _play(system, screen)
        screen.show(system)
        await watching
    finally:
        watching.cancel()


async def _play(system: System, screen: Screen) -> None:
    """A play that fails ends nothing: what runs can be looked at, and the next start tries again."""
    try:
        report = await play_first(system)
    except NotPlayedError as failure:
        screen.tell(f"{failure}; the next start goes on with it")
    else:
        if report:
            screen.print(summary(report))


def _recover(folder: DataFolder, tell: Callable[[str], None]) -> None:
    """Stop what a killed supervisor left behind: the lock was free, so whatever is recorded has no supervisor."""
    stopped = clear_up(folder)
    if stopped:
        tell(f"The last run was killed; stopped what it had left behind: {', '.join(stopped)}")


async def _stop(system: System, signals: StopSignals, tell: Callable[[str], None]) -> None:
    if system.processes.running:
        tell("Stopping; Ctrl-C once more stops at once")
    if not await signals.cancel(system.processes.stop_all()):
        await system.processes.stop_all(ask=False)
    system.folder.record.unlink(missing_ok=True)
    tell("Stopped")
