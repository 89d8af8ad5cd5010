"""The same sign-ups through our pipeline and through those of the peers."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from bench.children import PEERS, child
from bench.contest import Reading
from bench.peer_servers import peer_database, peer_topic
from bench.sign_ups import people_in, sign_ups_for
from bench.stage import Stage, events_for
from semaine.generation import edition_2020
from shared.contracts.topics import PARTICIPATIONS, SERVICES

_numbers = count(1)


class Pipelines:
    """The same lines through each pipeline; each has the servers and the machine to itself."""

    def __init__(self, on: Stage, *, events: int, lines: int) -> None:
        self._on = on
        self._events = events
        self._size = lines

    async def ours(self) -> Reading:
        """All four services, the gateway and the mail sink run; the lines come over HTTP."""
        number = next(_numbers)
        id_ = f"bench-{number}"
        edition = await self._on.edition(id_)
        events = events_for(edition, events=self._events, seed=number)
        await self._on.import_events((event.row for event in events), edition=id_)
        lines = sign_ups_for(events, lines=self._size, seed=number)
        people = people_in(lines)
        await self._on.settled()
        begun = time.monotonic()
        await self._on.import_sign_ups(lines, edition=id_)
        imported = time.monotonic()
        counted = await self._on.counted(people, edition=id_)
        await self._on.settled()
        details = {
            "import_seconds": imported - begun,
            "counted_seconds": counted - begun,
            "settled_seconds": time.monotonic() - begun,
        }
        return Reading(self._size / (counted - begun), details)

    async def bare(self) -> Reading:
        return await self._peer("bench.peers.bare_pipeline", ["count", "write"])

    async def usual(self) -> Reading:
        return await self._peer("bench.peers.usual_pipeline", ["count", "relay", "write"])

    async def _peer(self, module: str, parts: Sequence[str]) -> Reading:
        number = next(_numbers)
        events = events_for(edition_2020(), events=self._events, seed=number)
        lines = sign_ups_for(events, lines=self._size, seed=number)
        await self._on.stop(SERVICES)
        try:
            with tempfile.NamedTemporaryFile() as file:
                file.writelines(lines)
                file.flush()
                return await self._run(module, parts, Path(file.name), people_in(lines), f"bench.peers.{number}")
        finally:
            await self._on.start_again(SERVICES)

    async def _run(self, module: str, parts: Sequence[str], file: Path, people: int, name: str) -> Reading:
        system = self._on.system
        async with AsyncExitStack() as stack:
            topic = await stack.enter_async_context(peer_topic(system, name, partitions=PARTICIPATIONS.partitions))
            arguments: list[object] = ["--dsn", await peer_database(system), "--bootstrap", system.bootstrap_servers]
            arguments += ["--topic", topic, "--file", file, "--messages", self._size]
            running = []
            for part in parts:
                running.append(await stack.enter_async_context(child(module, part, *arguments, python=PEERS)))
                await running[-1].ready()
            begun = time.monotonic()
            running[-1].go_on()
            found = await running[0].found()
        if found["people"] != people:
            raise RuntimeError(f"{module} counted {found['people']} people instead of {people}")
        return Reading(self._size / (found["done"] - begun), {"counted_seconds": found["done"] - begun})
