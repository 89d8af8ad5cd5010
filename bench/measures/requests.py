"""Single requests over HTTP, beside FastAPI with one INSERT."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson

from bench import children
from bench.children import PEERS, child
from bench.contest import Reading, Samples, contest
from bench.peer_servers import peer_database
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import Stage, events_for, staff_token, stage
from bench.waiting import listening
from semaine.generation import edition_2020, generate_events
from semaine.system import ports
from shared.contracts.topics import SERVICES

NAME = "requests"
ABOUT = "POST of one event and of one sign-up, beside FastAPI + asyncpg doing one INSERT"
NEEDS: tuple[Path, ...] = (PEERS,)
_EDITION = "2020"
_GOAL = 0.6
_GOAL_P99 = 2
_EVENTS = 500
_PREPARED_EVENTS = 1_500
"""A second; more than any contender takes."""
_PREPARED_SIGN_UPS = 4_000
_OTHERS = [service for service in SERVICES if service != "registration"]

Bodies = Iterator[tuple[str, dict[str, Any]]]


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on:
        asking = _Asking(on, sizes)
        await asking.prepare()
        alone = await asking.client_alone()
        found = {}
        for what in ("event", "sign-up"):
            found[what] = await contest(
                {"ours": asking.ours(what), "fastapi": asking.peer(what)}, rounds=sizes.rounds, warm_up=False
            )
    return [_row(what, samples, sizes=sizes, alone=alone) for what, samples in found.items()]


def _row(what: str, samples: dict[str, Samples], *, sizes: Sizes, alone: dict[str, Any]) -> Row:
    ours, other = samples["ours"], samples["fastapi"]
    slow = ours.typical.reading.details["p99_ms"] / other.typical.reading.details["p99_ms"]
    ratio = ours.median / other.median
    return Row(
        name=f"POST, one {what}",
        work=f"POST of one {what}, {sizes.connections} connections",
        unit="requests/s",
        ours=ours.median,
        peer_name="FastAPI + asyncpg, one INSERT",
        peer=other.median,
        ratio=ratio,
        goal=f"≥ {_GOAL}×, p99 ≤ {_GOAL_P99}×",
        met=ratio >= _GOAL and slow <= _GOAL_P99,
        details={
            "ours": ours.typical.reading.details,
            "peer": other.typical.reading.details,
            "p99_ratio": slow,
            "client_alone": alone,
        },
        samples=kept(samples),
    )


@dataclass
class _Asking:
    """Registration alone, or the peer alone; both with the same load."""

    on: Stage
    sizes: Sizes

    async def prepare(self) -> None:
        """Events in the programme and organisers; then everything but registration is stopped."""
        edition = await self.on.edition(_EDITION)
        await self.on.import_events((each.row for each in events_for(edition, events=_EVENTS)), edition=_EDITION)
        await self.on.settled()
        async with self.on.connected("registration") as connection:
            organisers = await connection.fetch("SELECT id FROM organisers")
            events = await connection.fetch("SELECT id FROM events WHERE in_catalogue")
        self._organisers = [str(row["id"]) for row in organisers]
        self._events = [str(row["id"]) for row in events]
        self._numbers = count(1)
        self._seeds = count(100)
        await self.on.stop(_OTHERS)

    async def client_alone(self) -> dict[str, Any]:
        """The load generator against a server that does nothing: it must be far from its limit."""
        port = ports.free()["gateway"]
        async with child("bench.load.nothing", "--port", port) as nothing:
            await nothing.ready()
            await listening(port)
            return await self._ask(port, self._sign_ups(), again=True, number=1_000)

    def ours(self, what: str) -> Callable[[], Any]:
        async def measure() -> Reading:
            return self._reading(await self._ask(self.on.system.ports["registration"], *self._bodies(what)))

        return measure

    def peer(self, what: str) -> Callable[[], Any]:
        async def measure() -> Reading:
            await self.on.stop(["registration"])
            port = ports.free()["gateway"]
            dsn = await peer_database(self.on.system)
            try:
                async with child("bench.peers.fastapi_insert", "--dsn", dsn, "--port", port, python=PEERS) as server:
                    await server.ready()
                    await listening(port)
                    bodies, number = self._bodies(what)
                    return self._reading(await self._ask(port, bodies, number, again=True))
            finally:
                await self.on.start_again(["registration"])

        return measure

    @staticmethod
    def _reading(found: dict[str, Any]) -> Reading:
        if set(found["statuses"]) != {"201"}:
            raise RuntimeError(f"not every request was answered with 201: {found['statuses']}")
        return Reading(found["a_second"], found)

    def _bodies(self, what: str) -> tuple[Bodies, int]:
        seconds = self.sizes.request_seconds * 1.3
        if what == "event":
            number = int(seconds * _PREPARED_EVENTS)
            return self._new_events(number), number
        return self._sign_ups(), int(seconds * _PREPARED_SIGN_UPS)

    def _new_events(self, number: int) -> Bodies:
        generated = generate_events(events=number, seed=next(self._seeds), edition=edition_2020())
        for index, event in enumerate(generated):
            content = {name: value for name, value in event.row.items() if name != "organiser"}
            organiser = self._organisers[index % len(self._organisers)]
            yield "/v1/events", {"edition_id": _EDITION, "organiser_id": organiser, "event": content}

    def _sign_ups(self) -> Bodies:
        for number in self._numbers:
            path = f"/v1/events/{self._events[number % len(self._events)]}/participations"
            yield path, {"name": f"Camille Moreau {number}", "email": f"camille.{number}@example.org"}

    async def _ask(self, port: int, bodies: Bodies, number: int, *, again: bool = False) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile() as file:
            file.writelines(orjson.dumps(each) + b"\n" for each in islice(bodies, number))
            file.flush()
            return await children.run(
                "bench.load.requests",
                *("--port", port, "--requests", Path(file.name), "--connections", self.sizes.connections),
                *("--seconds", self.sizes.request_seconds, "--token", staff_token(self.on.system)),
                *(["--again"] if again else []),
            )
