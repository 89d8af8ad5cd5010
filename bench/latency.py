"""
From HTTP 201 to the counter and to the mails, one submission at a time on an idle system.

    .venv/bin/python bench/latency.py --submissions 200

Prints JSON: milliseconds at the 50th and 99th percentile until the public counters show the event as submitted and as
labelled, and until the receipt and the verdict are in the mail sink. Each figure includes how often it is looked at
(2 ms for mails; counters come by themselves on the stream).
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from semaine.generation import edition_2020, generate_events
from semaine.system.system import System
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES
from shared.runtime.tokens import Caller, read_key, sign

LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 10
WARM_UP = 5
REST_SECONDS = 1.1
"""Before each submission: idle means that nothing has been counted within the last second."""


class Counters:
    """Events by status, as the public stream tells them."""

    def __init__(self) -> None:
        self.events: dict[str, int] = {}
        self._moved = asyncio.Condition()

    async def follow(self, client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/v1/counters/stream", params={"edition": "2020"}, timeout=None) as response:
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    await self._take(orjson.loads(line[5:]))

    async def _take(self, data: dict[str, Any]) -> None:
        async with self._moved:
            for tally in data["counters"].get("status", []):
                self.events[tally["value"]] = tally["events"]
            self._moved.notify_all()

    async def decided(self, count: int) -> float:
        """When the counters showed so many decided events."""
        async with self._moved:
            await self._moved.wait_for(lambda: sum(self.events.get(s, 0) for s in ("labelled", "refused")) >= count)
        return time.perf_counter()


@asynccontextmanager
async def client_of(system: System) -> AsyncIterator[httpx.AsyncClient]:
    caller = Caller("staff", "bench")
    token = sign(
        key=read_key(system.folder.private_key), caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1)
    )
    async with httpx.AsyncClient(base_url=system.public_url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


async def mails(client: httpx.AsyncClient, *, to: str, count: int) -> float:
    """When so many mails to an address were in the sink."""
    while (await client.get("/api/count", params={"to": to})).json()["messages"] < count:  # noqa: ASYNC110 - a process
        await asyncio.sleep(LOOK_SECONDS)
    return time.perf_counter()


async def measure(system: System, *, submissions: int) -> dict[str, Any]:
    edition = edition_2020()
    times: dict[str, list[float]] = {"decided and counted": [], "receipt mailed": [], "verdict mailed": []}
    async with client_of(system) as http, httpx.AsyncClient(base_url=system.mail_url) as sink:
        content = {name: value for name, value in edition.items() if name != "id"}
        (await http.put("/v1/editions/2020", json=content)).raise_for_status()
        counters = Counters()
        await asyncio.sleep(1)
        following = asyncio.create_task(counters.follow(http))
        rows = [event.row for event in generate_events(events=submissions + WARM_UP, seed=3, edition=edition)]
        for number, row in enumerate(rows):
            to = f"o{number}@bench.example"
            organiser = {"kind": "public_body", "name": f"Bench {number}", "email": to}
            answer = (await http.post("/v1/organisers", json=organiser)).raise_for_status().json()
            await mails(sink, to=to, count=1)  # the access code
            event = {name: value for name, value in row.items() if name != "organiser"}
            body = {"edition_id": "2020", "organiser_id": answer["id"], "event": event}
            await asyncio.sleep(REST_SECONDS)
            (await http.post("/v1/events", json=body)).raise_for_status()
            begun = time.perf_counter()
            async with asyncio.timeout(PATIENCE_SECONDS):
                ends = await asyncio.gather(
                    counters.decided(number + 1), mails(sink, to=to, count=2), mails(sink, to=to, count=3)
                )
            if number >= WARM_UP:
                for name, end in zip(times, ends, strict=True):
                    times[name].append((end - begun) * 1000)
        following.cancel()
    return {
        name: {"p50": round(statistics.median(values), 1), "p99": round(statistics.quantiles(values, n=100)[98], 1)}
        for name, values in times.items()
    }


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=200)
    submissions = parser.parse_args().submissions
    async with throwaway_system(services=SERVICES) as system:
        found = await measure(system, submissions=submissions)
    print(json.dumps({"submissions": submissions, "milliseconds": found}, indent=2))


if __name__ == "__main__":
    asyncio.run(main())
