"""How a system in a data folder is doing, seen from outside."""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

import psutil

from semaine.system import memory, probe
from semaine.system.data_folder import DataFolder
from semaine.system.lock import is_held
from semaine.system.record import Record, Recorded

_PATHS = {"gateway": "/gateway/health", "mail_sink": "/api/count"}
_PORTS = {"mail_sink": "mail"}
_SERVERS = ("postgresql", "kafka")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process. `missing` says what keeps it from being ready."""

    name: str
    pid: int
    runs: bool
    missing: str | None
    seconds: float | None = None
    """Since it started."""
    peak_rss_mb: float | None = None
    """Of its largest process."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`left behind`: the supervisor is gone, some of its processes are not."""

    state: Literal["running", "stopped", "left behind"]
    addresses: dict[str, object]
    parts: list[Part]

    @property
    def well(self) -> bool:
        return self.state == "running" and all(part.runs and not part.missing for part in self.parts)


async def look(folder: DataFolder) -> Overview:
    """Ask every process of the system in this folder. Seconds: a few at most."""
    record = Record.read(folder.record)
    if record is None:
        return Overview(state="stopped", addresses={}, parts=[])
    ports = record.addresses.get("ports")
    known = {str(name): int(port) for name, port in ports.items()} if isinstance(ports, dict) else {}
    parts = await asyncio.gather(*(_look_at(name, one, known) for name, one in record.processes.items()))
    supervised = is_held(folder) and record.supervisor.find() is not None
    if not supervised and not any(part.runs for part in parts):
        return Overview(state="stopped", addresses={}, parts=[])
    return Overview(
        state="running" if supervised else "left behind", addresses=record.addresses, parts=sorted(parts, key=_order)
    )


def _order(part: Part) -> tuple[bool, str]:
    return part.name not in _SERVERS, part.name


async def _look_at(name: str, recorded: Recorded, ports: dict[str, int]) -> Part:
    process = recorded.find()
    if process is None:
        return Part(name=name, pid=recorded.pid, runs=False, missing="it has ended")
    return Part(
        name=name,
        pid=recorded.pid,
        runs=True,
        missing=await _missing(name, ports[_PORTS.get(name, name)]),
        seconds=round(time.time() - _started(process, recorded), 1),
        peak_rss_mb=round(memory.peak(recorded.pid, family=True) / memory.MEGABYTE, 1),
    )


def _started(process: psutil.Process, recorded: Recorded) -> float:
    try:
        return process.create_time()
    except psutil.Error:
        return recorded.started


async def _missing(name: str, port: int) -> str | None:
    if name in _SERVERS:
        return None if await probe.accepts(port) else f"nobody listens on port {port}"
    return await probe.missing(port, _PATHS.get(name, "/health/ready"))
