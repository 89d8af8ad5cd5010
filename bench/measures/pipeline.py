"""Sign-ups from their import to the counters, beside a bare pipeline and beside the usual one."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from bench.children import PEERS, child
from bench.contest import Reading, contest
from bench.peer_servers import peer_database, peer_topic
from bench.results import Row, kept
from bench.sign_ups import people_in, sign_ups_for
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from semaine.generation import edition_2020
from shared.contracts.topics import PARTICIPATIONS, SERVICES

NAME = "pipeline"
ABOUT = "sign-ups through outbox, relay, Kafka and counters, beside two peers"
NEEDS: tuple[Path, ...] = (PEERS,)
_WHOLE_EDITION = 800_000
_GOAL_SECONDS = 40
_GOAL_BARE = 0.8
_GOAL_USUAL = 5
_numbers = count(1)


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on:
        bare = _Pipelines(on, events=sizes.pipeline_events, lines=sizes.sign_ups)
        usual = _Pipelines(on, events=sizes.pipeline_events, lines=sizes.usual_sign_ups)
        await usual.ours()
        with_bare = await contest({"ours": bare.ours, "bare": bare.bare}, rounds=sizes.rounds, warm_up=False)
        with_usual = await contest({"ours": usual.ours, "usual": usual.usual}, rounds=sizes.rounds, warm_up=False)
        memory = on.system.processes.peak_rss_mb()
    ours, other = with_bare["ours"].median, with_bare["bare"].median
    seconds = sizes.sign_ups / ours
    slow, fast = with_usual["usual"].median, with_usual["ours"].median
    return [
        Row(
            name="pipeline, bare",
            work=f"{sizes.sign_ups:,} sign-ups through outbox, relay, Kafka, counters",
            unit="messages/s",
            ours=ours,
            peer_name="asyncpg COPY + aiokafka + orjson",
            peer=other,
            ratio=ours / other,
            goal=f"≥ {_GOAL_BARE}×",
            met=ours / other >= _GOAL_BARE,
            details={"peak_rss_mb": memory},
            samples=kept(with_bare),
        ),
        Row(
            name="pipeline, whole edition",
            work=f"{sizes.sign_ups:,} sign-ups, HTTP import included",
            unit="s",
            ours=seconds,
            goal=f"≤ {_GOAL_SECONDS} s for {_WHOLE_EDITION:,}",
            met=_WHOLE_EDITION / ours <= _GOAL_SECONDS,
        ),
        Row(
            name="pipeline, usual",
            work=f"{sizes.usual_sign_ups:,} sign-ups, the same way",
            unit="messages/s",
            ours=fast,
            peer_name="FastStream one by one + faststream-outbox",
            peer=slow,
            ratio=fast / slow,
            goal=f"≥ {_GOAL_USUAL}×",
            met=fast / slow >= _GOAL_USUAL,
            samples=kept(with_usual),
        ),
    ]


class _Pipelines:
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
