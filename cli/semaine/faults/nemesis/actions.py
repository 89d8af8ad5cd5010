"""How each kind of fault is injected, and taken back: a context manager whose block is the time it holds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psutil

from semaine.faults.cluster import Cluster, shifted
from semaine.faults.nemesis.fault import Fault, Kind
from semaine.faults.nemesis.relay import drop_relay_connections
from semaine.faults.nemesis.rewinding import rewind_group
from semaine.faults.proxy import Break

Action = Callable[[Cluster, Fault], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def kill(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """SIGKILL, then a new start."""
    await asyncio.gather(*map(cluster.keeper.kill, fault.targets))
    yield
    await asyncio.gather(*map(cluster.keeper.start, fault.targets))


@asynccontextmanager
async def leave(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """SIGTERM, then a new start."""
    await asyncio.gather(*map(cluster.keeper.stop, fault.targets))
    yield
    await asyncio.gather(*map(cluster.keeper.start, fault.targets))


@asynccontextmanager
async def join(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """A replica more, which leaves again."""
    await asyncio.gather(*map(cluster.keeper.start, fault.targets))
    yield
    await asyncio.gather(*map(cluster.keeper.stop, fault.targets))


@asynccontextmanager
async def pause(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """SIGSTOP, then SIGCONT: the process comes back and believes that no time has passed."""
    stopped = [process for name in fault.targets for process in cluster.keeper.pause(name)]
    try:
        yield
    finally:
        cluster.keeper.resume(stopped)


@asynccontextmanager
async def broken_link(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """The links in the way that the fault's kind names."""
    assert fault.kind in {"cut", "one_way_cut", "delay", "half_open"}
    how = Break(mode=fault.kind, direction=fault.direction, seconds=fault.seconds)
    cluster.links.break_(fault.targets, how)
    try:
        yield
    finally:
        cluster.links.heal(fault.targets)


@asynccontextmanager
async def disk_full(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """
    Every write to a file is refused, by a limit of nought on the size of files.

    The error is EFBIG and not ENOSPC; the programs take both for a disk that refuses. What has ended of it is started
    again without the limit.
    """
    limited = [process for name in fault.targets for process in cluster.keeper.family(name)]
    _limit_files(limited, 0)
    try:
        yield
    finally:
        _limit_files(limited, psutil.RLIM_INFINITY)


def _limit_files(processes: list[psutil.Process], most: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.rlimit(psutil.RLIMIT_FSIZE, (most, psutil.RLIM_INFINITY))


@asynccontextmanager
async def clock(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """The replica comes back with a clock that is off, and once more with the right one."""
    right = {name: cluster.keeper.program(name) for name in fault.targets}
    for name, program in right.items():
        await cluster.keeper.kill(name)
        await cluster.keeper.start(name, shifted(program, seconds=fault.seconds))
    yield
    for name, program in right.items():
        await cluster.keeper.kill(name)
        await cluster.keeper.start(name, program)


@asynccontextmanager
async def relay_cut(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """The way to Kafka gets slow, and the leading relay loses its database connection while it waits."""
    cluster.links.break_(fault.targets, Break(mode="delay", seconds=fault.seconds))
    try:
        await asyncio.sleep(fault.seconds)
        await drop_relay_connections(cluster, fault)
        yield
    finally:
        cluster.links.heal(fault.targets)


@asynccontextmanager
async def rewind(cluster: Cluster, fault: Fault) -> AsyncIterator[None]:
    """The members of a group leave, its offsets go back to the beginning, the members come back."""
    await asyncio.gather(*map(cluster.keeper.stop, fault.targets))
    try:
        await rewind_group(cluster, fault)
        yield
    finally:
        await asyncio.gather(*map(cluster.keeper.start, fault.targets))


ACTIONS: dict[Kind, Action] = {
    "kill": kill,
    "pause": pause,
    "cut": broken_link,
    "one_way_cut": broken_link,
    "delay": broken_link,
    "half_open": broken_link,
    "disk_full": disk_full,
    "clock": clock,
    "leave": leave,
    "join": join,
    "relay_cut": relay_cut,
    "rewind": rewind,
}
