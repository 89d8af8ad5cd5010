"""Mails to a local sink and webhooks to a local endpoint, beside loops that do nothing else."""

import json
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from bench import children
from bench.children import PEERS, child
from bench.contest import Reading, Samples, contest
from bench.results import Row, kept
from bench.sizes import Sizes
from bench.stage import Stage, events_for, stage
from bench.waiting import listening, until
from semaine.system import ports
from semaine.system.ports import HOST

NAME = "deliveries"
ABOUT = "mails to a local sink and webhooks to a local endpoint, beside aiosmtplib and httpx loops"
NEEDS: tuple[Path, ...] = (PEERS,)
_EDITION = "2020"
_GOAL = 0.8
_AT_ONCE = 8
"""Connections to the mail server, posts to one endpoint: the service's defaults, and the peers'."""
_LOOK_SECONDS = 0.1
_GUESTS_EVENTS = 20
_PENDING = "SELECT count(*) FROM deliveries WHERE status = 'pending' AND channel = $1"
_UNPAUSE = """
UPDATE partners SET paused_until = NULL, failures = 0;
UPDATE deliveries SET due_at = now() WHERE status = 'pending' AND channel = 'webhook'
"""


async def run(sizes: Sizes) -> list[Row]:
    port = ports.free()["gateway"]
    async with stage() as on:
        deliveries = _Deliveries(on, sizes, port)
        await deliveries.prepare()
        mails = await contest({"ours": deliveries.mails, "aiosmtplib": deliveries.mail_loop}, rounds=sizes.rounds)
        await deliveries.register_partner()
        posts = await contest({"ours": deliveries.webhooks, "httpx": deliveries.post_loop}, rounds=sizes.rounds)
    return [
        _row(
            name="mails",
            where="to a local sink",
            number=sizes.mails,
            unit="mails/s",
            peer="aiosmtplib",
            samples=mails,
        ),
        _row(
            name="webhooks",
            where="to a local endpoint",
            number=sizes.webhooks,
            unit="posts/s",
            peer="httpx",
            samples=posts,
        ),
    ]


def _row(*, name: str, where: str, number: int, unit: str, peer: str, samples: dict[str, Samples]) -> Row:
    ours, other = samples["ours"].median, samples[peer].median
    return Row(
        name=name,
        work=f"{number:,} {name} {where}, {_AT_ONCE} at a time",
        unit=unit,
        ours=ours,
        peer_name=f"{peer} loop",
        peer=other,
        ratio=ours / other,
        goal=f"≥ {_GOAL}×",
        met=ours / other >= _GOAL,
        samples=kept(samples),
    )


@dataclass
class _Deliveries:
    """What is to be sent waits until all of it does; then the receiver comes back. Timed at the receiver."""

    on: Stage
    sizes: Sizes
    port: int
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _mail: Path = field(default_factory=Path)

    async def prepare(self) -> None:
        edition = await self.on.edition(_EDITION)
        self._events = events_for(edition, events=_GUESTS_EVENTS)
        await self.on.import_events((event.row for event in self._events), edition=_EDITION)
        await self.on.settled()

    async def mails(self) -> Reading:
        """Confirmations of sign-ups: each is rendered, with its calendar file, and written down."""
        await self.on.system.processes.stop("mail_sink")
        lines = [self._sign_up(next(self._numbers)) for _ in range(self.sizes.mails)]
        await self.on.import_sign_ups(lines, edition=_EDITION, notify=True)
        await self._until_pending("email", self.sizes.mails)
        await self.on.stop(["notifications"])
        await self.on.system.processes.start_again("mail_sink")
        sink = _Sink(self.on.system.folder.mails)
        await self.on.start_again(["notifications"])
        reading = await sink.timed(self.sizes.mails)
        await self.on.settled()
        return reading

    async def mail_loop(self) -> Reading:
        """The same mail, finished beforehand."""
        sink = _Sink(self.on.system.folder.mails)
        await self.on.stop(["notifications"])
        with tempfile.NamedTemporaryFile() as file:
            file.write(sink.latest())
            file.flush()
            await children.run(
                "bench.peers.smtp_loop",
                *("--port", self.on.system.ports["smtp"], "--mail", file.name),
                *("--mails", self.sizes.mails, "--connections", _AT_ONCE),
                python=PEERS,
            )
            reading = await sink.timed(self.sizes.mails)
        await self.on.start_again(["notifications"])
        return reading

    def _sign_up(self, number: int) -> bytes:
        event = self._events[number % len(self._events)].row["reference"]
        guest = {"name": f"Camille Moreau {number}", "email": f"guest.{number}@example.org"}
        return json.dumps({"event": event, "reference": f"D-{number}", **guest}).encode() + b"\n"

    async def register_partner(self) -> None:
        partner = {"name": "Bench", "url": f"http://{HOST}:{self.port}/webhooks"}
        (await self.on.http.post("/v1/partners", json=partner)).raise_for_status()

    async def webhooks(self) -> Reading:
        """Announcements of new events: each is signed and written down. The endpoint is away until all wait."""
        seed = 1_000 + next(self._numbers)
        edition = await self.on.edition(f"webhooks-{seed}")
        events = events_for(edition, events=self.sizes.webhooks, seed=seed)
        await self.on.import_events((event.row for event in events), edition=edition["id"])
        await self._until_pending("webhook", self.sizes.webhooks)
        await self._until_pending("email", 0)
        async with self._endpoint() as endpoint:
            async with self.on.connected("notifications") as connection:
                await connection.execute(_UNPAUSE)
            found = await endpoint.timed(self.sizes.webhooks)
            self._post = {"headers": found.details.pop("headers"), "body": found.details.pop("body")}
            await self._until_pending("webhook", 0)
        return found

    async def post_loop(self) -> Reading:
        """The same post, signed beforehand."""
        await self.on.stop(["notifications"])
        async with self._endpoint() as endpoint:
            with tempfile.NamedTemporaryFile("w") as file:
                kept_headers = {
                    k: v for k, v in self._post["headers"].items() if k.startswith(("webhook", "content-t"))
                }
                json.dump({"headers": kept_headers, "body": self._post["body"]}, file)
                file.flush()
                await children.run(
                    "bench.peers.webhook_loop",
                    *("--url", endpoint.url, "--post", file.name),
                    *("--posts", self.sizes.webhooks, "--at-once", _AT_ONCE),
                    python=PEERS,
                )
            found = await endpoint.timed(self.sizes.webhooks)
        await self.on.start_again(["notifications"])
        return Reading(found.value, {"seconds": found.details["seconds"]})

    async def _until_pending(self, channel: str, number: int) -> None:
        async with self.on.connected("notifications") as connection:

            async def pending() -> bool:
                return bool(await connection.fetchval(_PENDING, channel) == number)

            await until(pending, every=_LOOK_SECONDS)

    @asynccontextmanager
    async def _endpoint(self) -> AsyncIterator["_Endpoint"]:
        async with (
            child("bench.load.endpoint", "--port", self.port) as running,
            httpx.AsyncClient() as client,
        ):
            await running.ready()
            await listening(self.port)
            yield _Endpoint(client, f"http://{HOST}:{self.port}/webhooks")


class _Sink:
    """The mail sink's file, from what is in it now."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = self._ask("SELECT coalesce(max(id), 0) FROM messages")[0]

    def _ask(self, question: str, *arguments: object) -> tuple[Any, ...]:
        with closing(sqlite3.connect(self._file, timeout=10)) as connection:
            found: tuple[Any, ...] = connection.execute(question, arguments).fetchone()
            return found

    async def timed(self, number: int) -> Reading:
        """Once so many more mails are in it: how many came a second, between the first and the last."""

        async def arrived() -> bool:
            return bool(self._ask("SELECT coalesce(max(id), 0) FROM messages")[0] >= self._before + number)

        await until(arrived, every=_LOOK_SECONDS)
        first, last = self._ask("SELECT min(received_at), max(received_at) FROM messages WHERE id > ?", self._before)
        seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
        return Reading((number - 1) / seconds, {"seconds": seconds})

    def latest(self) -> bytes:
        """The last mail as it came."""
        content: bytes = self._ask("SELECT content FROM messages ORDER BY id DESC LIMIT 1")[0]
        return content


@dataclass(frozen=True)
class _Endpoint:
    client: httpx.AsyncClient
    url: str

    async def timed(self, number: int) -> Reading:
        """Once so many posts have come: how many a second, between the first and the last."""
        found: dict[str, Any] = {}

        async def arrived() -> bool:
            found.update((await self.client.get(self.url)).json())
            return bool(found["count"] >= number)

        await until(arrived, every=_LOOK_SECONDS)
        seconds = found["last"] - found["first"]
        details = {"seconds": seconds, "headers": found["headers"], "body": found["body"]}
        return Reading((number - 1) / seconds, details)
