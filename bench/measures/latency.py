"""From a submission to its label, to the public counters, and to the mails: one at a time, and many a second."""

import asyncio
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer

from bench.conditions import Clock
from bench.results import Row
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from bench.waiting import until
from shared.contracts.topics import EVENTS

NAME = "latency"
ABOUT = "from a submission to its label, the counters and the mails"
NEEDS: tuple[Path, ...] = ()
_EDITION = "2020"
_GOAL_IDLE = 250
_GOAL_PACED = 1_000
_WARM_UP = 5
_REST_SECONDS = 1.1
"""Before each submission: idle means that nothing has been counted within the last second."""
_PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.02
_MAILS = 3
"""The access code, the receipt, the verdict."""
_DECIDED = ("labelled", "refused", "in_review")
_STEPS = ("labelled", "counted", "receipt mailed", "verdict mailed")

Times = dict[str, list[float]]


async def run(sizes: Sizes) -> list[Row]:
    async with stage() as on, _Observer.of(on) as observer:
        submitting = _Submitting(on, observer, total=_WARM_UP + sizes.idle_submissions + sizes.paced_submissions)
        await submitting.prepare()
        await submitting.one_by_one(_WARM_UP)
        before = Clock.read()
        idle = await submitting.one_by_one(sizes.idle_submissions)
        between = Clock.read()
        paced = await submitting.at_pace(sizes.paced_submissions, sizes.submissions_a_second)
        conditions = {"idle": before.until(between), "paced": between.until(Clock.read())}
    pace = f"at {sizes.submissions_a_second} submissions/s"
    return [
        _row("latency, idle", "on an idle system", idle, _GOAL_IDLE, conditions["idle"]),
        _row("latency, paced", pace, paced, _GOAL_PACED, conditions["paced"]),
    ]


def _row(name: str, when: str, times: Mapping[str, Sequence[float]], goal: float, conditions: Any) -> Row:
    found = {step: _percentiles(values) for step, values in times.items()}
    slowest = max(found.values(), key=lambda each: each["p99"])["p99"]
    return Row(
        name=name,
        work=f"submit → labelled → counted → mailed, {when}: p99 of the slowest step",
        unit="ms",
        ours=slowest,
        goal=f"≤ {goal:,} ms",
        met=slowest <= goal,
        details={"milliseconds": found},
        samples={"ours": [{"value": slowest, **{f: getattr(conditions, f) for f in conditions.__slots__}}]},
    )


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": cuts[49], "p90": cuts[89], "p99": cuts[98], "worst": max(values)}


@dataclass
class _Observer:
    """When things became visible outside: on the topic of events, on the counters' stream, in the mail sink."""

    on: Stage
    labelled: dict[str, float] = field(default_factory=dict)
    """By event id: when its message with a verdict was on the topic."""
    counted: list[float] = field(default_factory=list)
    """When the public counters showed one more decided event, for each."""

    @classmethod
    @asynccontextmanager
    async def of(cls, on: Stage) -> AsyncIterator["_Observer"]:
        observer = cls(on)
        await on.edition(_EDITION)
        await on.settled()
        async with AIOKafkaConsumer(EVENTS.name, bootstrap_servers=on.system.bootstrap_servers) as consumer:
            watching = [
                asyncio.create_task(observer._watch_topic(consumer)),
                asyncio.create_task(observer._watch_counters()),
            ]
            try:
                yield observer
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

    async def _watch_topic(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            if orjson.loads(record.value)["event"]["status"] in _DECIDED:
                self.labelled.setdefault(record.key.decode(), time.time())

    async def _watch_counters(self) -> None:
        events: dict[str, int] = {}
        stream = self.on.http.stream("GET", "/v1/counters/stream", params={"edition": _EDITION}, timeout=None)
        async with stream as response:
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    tallies = orjson.loads(line[5:])["counters"].get("status", [])
                    events |= {tally["value"]: tally["events"] for tally in tallies}
                    decided = sum(events.get(status, 0) for status in _DECIDED)
                    self.counted += [time.time()] * (decided - len(self.counted))

    def mailed(self) -> dict[str, list[float]]:
        """By address: when each of its mails came into the sink, in order."""
        found: dict[str, list[float]] = defaultdict(list)
        with closing(sqlite3.connect(self.on.system.folder.mails, timeout=10)) as connection:
            for received_at, recipients in connection.execute(
                "SELECT received_at, recipients FROM messages ORDER BY id"
            ):
                found[orjson.loads(recipients)[0]].append(datetime.fromisoformat(received_at).timestamp())
        return found


@dataclass
class _Submitting:
    """Each submission is another organiser's, so that its mails can be told apart."""

    on: Stage
    observer: _Observer
    total: int
    _numbers: "count[int]" = field(default_factory=count)

    async def prepare(self) -> None:
        """Register the organisers; their access codes are mailed before anything is measured."""
        edition = await self.on.edition(_EDITION)
        self._rows = [event.row for event in events_for(edition, events=self.total)]
        self._organisers = [await self._register(number) for number in range(self.total)]
        await self.on.settled()

    async def _register(self, number: int) -> str:
        organiser = {"kind": "public_body", "name": f"Bench {number}", "email": _address(number)}
        answer = await self.on.http.post("/v1/organisers", json=organiser)
        id_: str = answer.raise_for_status().json()["id"]
        return id_

    async def one_by_one(self, number: int) -> Times:
        """Each when the one before has come to rest and a second has passed."""
        sent: dict[int, tuple[str, float]] = {}
        for _ in range(number):
            await asyncio.sleep(_REST_SECONDS)
            one = await self._submit()
            sent |= one
            await self._arrived(one)
        return self._times(sent)

    async def at_pace(self, number: int, a_second: int) -> Times:
        """So many a second, whether the earlier ones have come to rest or not."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        tasks = []
        for index in range(number):
            await asyncio.sleep(begun + index / a_second - loop.time())
            tasks.append(asyncio.create_task(self._submit()))
        sent: dict[int, tuple[str, float]] = {}
        for each in await asyncio.gather(*tasks):
            sent |= each
        await self._arrived(sent)
        return self._times(sent)

    async def _submit(self) -> dict[int, tuple[str, float]]:
        """The number of the submission, its event, and when its request was sent."""
        number = next(self._numbers)
        event = {name: value for name, value in self._rows[number].items() if name != "organiser"}
        body = {"edition_id": _EDITION, "organiser_id": self._organisers[number], "event": event}
        sent = time.time()
        answer = await self.on.http.post("/v1/events", json=body)
        return {number: (answer.raise_for_status().json()["id"], sent)}

    async def _arrived(self, sent: Mapping[int, tuple[str, float]]) -> None:
        """Until all of these are labelled, counted and mailed."""
        done, events = max(sent) + 1, {event for event, _ in sent.values()}

        async def shown() -> bool:
            return len(self.observer.counted) >= done and events <= self.observer.labelled.keys()

        async def mailed() -> bool:
            found = self.observer.mailed()
            return all(len(found[_address(number)]) >= _MAILS for number in sent)

        async with asyncio.timeout(_PATIENCE_SECONDS):
            await until(shown, every=_LOOK_SECONDS)
            await until(mailed, every=_LOOK_SECONDS * (1 + len(sent) // 20))

    def _times(self, sent: Mapping[int, tuple[str, float]]) -> Times:
        """Milliseconds by step. The counters name no event: the nth decided one is taken for the nth submitted."""
        mailed = self.observer.mailed()
        times: Times = {step: [] for step in _STEPS}
        for number in sorted(sent, key=lambda each: sent[each][1]):
            event, at = sent[number]
            _, receipt, verdict, *_ = mailed[_address(number)]
            ends = (self.observer.labelled[event], self.observer.counted[number], receipt, verdict)
            for step, end in zip(_STEPS, ends, strict=True):
                times[step].append((end - at) * 1000)
        return times


def _address(number: int) -> str:
    return f"o{number}@bench.example"
