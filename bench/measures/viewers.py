"""Thousands of viewers of the live counters, beside Starlette with sse-starlette."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.children import PEERS, Child, child
from bench.contest import Reading, contest
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from bench.waiting import listening
from semaine.system import ports
from semaine.system.memory import MEGABYTE
from semaine.system.ports import HOST

NAME = "viewers"
ABOUT = "viewers of the live counters, beside Starlette and sse-starlette sending the same bytes"
NEEDS: tuple[Path, ...] = (PEERS,)
_EDITION = "2020"
_GOAL_SECONDS = 1.0
_GOAL_KB = 30
_EVENTS = 200
_PACES = (1, 4)
"""Changes a second; the board counts at most four times a second."""
_REST_SECONDS = 3
_LAST_SECONDS = 3

Change = Callable[[], Awaitable[None]]


async def run(sizes: Sizes) -> list[Row]:
    async with stage(settings={"stats": _settings(sizes)}) as on:
        watching = _Watching(on, sizes)
        await watching.prepare()
        samples = await contest({"ours": watching.ours, "starlette": watching.peer}, rounds=1, warm_up=False)
    ours = samples["ours"].typical.reading
    other = samples["starlette"].typical.reading
    shared = {"ours": ours.details, "peer": other.details}
    return [
        Row(
            name="viewers, staleness",
            work=f"{sizes.viewers:,} viewers of the counters, the stalest of all events",
            unit="s",
            ours=ours.value,
            peer_name="Starlette + sse-starlette",
            peer=other.value,
            ratio=ours.value / other.value,
            goal=f"≤ {_GOAL_SECONDS:g} s",
            met=ours.value <= _GOAL_SECONDS and not any(pace["missed"] for pace in ours.details["paces"].values()),
            details=shared,
            samples=kept(samples),
        ),
        Row(
            name="viewers, memory",
            work=f"{sizes.viewers:,} viewers of the counters, memory of the process for each",
            unit="KB",
            ours=ours.details["kb_per_viewer"],
            peer_name="Starlette + sse-starlette",
            peer=other.details["kb_per_viewer"],
            ratio=ours.details["kb_per_viewer"] / other.details["kb_per_viewer"],
            goal=f"≤ {_GOAL_KB} KB",
            met=ours.details["kb_per_viewer"] <= _GOAL_KB,
        ),
    ]


def _settings(sizes: Sizes) -> dict[str, str]:
    """All viewers come from one address, which has no such number of requests a minute."""
    return {"SEMAINE_VIEWERS_LIMIT": str(sizes.viewers + 100), "SEMAINE_RATE_LIMITS": "false"}


@dataclass
class _Watching:
    on: Stage
    sizes: Sizes
    _data: str = ""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def prepare(self) -> None:
        edition = await self.on.edition(_EDITION)
        self._events = events_for(edition, events=_EVENTS)
        await self.on.import_events((event.row for event in self._events), edition=_EDITION)
        await self.on.settled()

    async def ours(self) -> Reading:
        """Each change is a sign-up through the whole system; its figures are counted, then sent to all."""
        process = psutil.Process(self.on.system.processes.running["stats"].pid)
        port = self.on.system.ports["stats"]
        reading = await self._watch(process, port, f"/v1/counters/stream?edition={_EDITION}", self._sign_up)
        self._data = reading.details["data"]
        return reading

    async def _sign_up(self) -> None:
        number = next(self._numbers)
        event = self._events[number % len(self._events)].row["reference"]
        line = b'{"event":"%b","reference":"V-%d"}\n' % (event.encode(), number)
        await self.on.import_sign_ups([line], edition=_EDITION)

    async def peer(self) -> Reading:
        """Each change is a POST to the peer alone; our system rests."""
        async with self._broadcaster() as (server, port), httpx.AsyncClient() as client:

            async def change() -> None:
                (await client.post(f"http://{HOST}:{port}/change")).raise_for_status()

            return await self._watch(psutil.Process(server.pid), port, "/stream", change)

    @asynccontextmanager
    async def _broadcaster(self) -> AsyncIterator[tuple[Child, int]]:
        port = ports.free()["gateway"]
        with tempfile.NamedTemporaryFile("w") as file:
            before, _, rest = self._data.partition('"as_of":"')
            file.write(f'{before}"as_of":"NOW"{rest.partition(chr(34))[2]}')
            file.flush()
            async with child("bench.peers.starlette_sse", "--port", port, "--data", file.name, python=PEERS) as server:
                await server.ready()
                await listening(port)
                yield server, port

    async def _watch(self, process: psutil.Process, port: int, path: str, change: Change) -> Reading:
        await asyncio.sleep(_REST_SECONDS)
        before = process.memory_info().rss
        paces: dict[str, Any] = {}
        data, largest = "", before
        for pace in _PACES:
            async with child(
                "bench.load.viewers", "--port", port, "--path", path, "--viewers", self.sizes.viewers
            ) as all_:
                await all_.ready()
                await _at_pace(change, pace, self.sizes.changes * pace // 2 + 1)
                largest = max(largest, process.memory_info().rss)
                all_.go_on()
                found = await all_.found()
            data = found.pop("data")
            paces[f"{pace}/s"] = found
            await asyncio.sleep(_REST_SECONDS)
        worst = max(pace["worst"] for pace in paces.values())
        used = (largest - before) / self.sizes.viewers / 1024
        details = {"kb_per_viewer": used, "process_mb": largest / MEGABYTE, "paces": paces, "data": data}
        return Reading(worst, details)


async def _at_pace(change: Change, pace: int, number: int) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for index in range(number):
        await asyncio.sleep(begun + index / pace - loop.time())
        await change()
    await asyncio.sleep(_LAST_SECONDS)
