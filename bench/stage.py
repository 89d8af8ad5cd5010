"""A throwaway system to measure, and what is needed to fill it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import orjson

from bench.waiting import until
from semaine.backlog import BacklogReader
from semaine.generation import GeneratedEvent, edition_2020, generate_events
from semaine.settling import settle
from semaine.system.services import Settings
from semaine.system.system import System
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES, Service
from shared.runtime.tokens import Caller, read_key, sign

PART = 50_000
"""Sign-ups in one request."""
_CHUNK = 2_000
_PATIENCE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running system, an HTTP client with a staff token, and its backlog."""

    system: System
    http: httpx.AsyncClient
    backlog: BacklogReader

    async def settled(self) -> None:
        """Until nothing is on its way."""
        await settle(self.backlog, patience=_PATIENCE_SECONDS)

    async def edition(self, id_: str) -> dict[str, Any]:
        """Save an edition like that of 2020 under another id."""
        edition = edition_2020() | {"id": id_}
        content = {name: value for name, value in edition.items() if name != "id"}
        (await self.http.put(f"/v1/editions/{id_}", json=content)).raise_for_status()
        return edition

    async def import_events(self, rows: Iterable[dict[str, Any]], *, edition: str) -> dict[str, Any]:
        """Import events; the report, in which nothing may be refused."""
        body = b"\n".join(map(orjson.dumps, rows)) + b"\n"
        return await self._imported("events", body, edition=edition)

    async def import_sign_ups(self, lines: Sequence[bytes], *, edition: str, notify: bool = False) -> None:
        """Import sign-ups, each line with its line feed, in parts of `PART`, one request after another."""
        for start in range(0, len(lines), PART):
            part = lines[start : start + PART]
            await self._imported("participations", _pieces(part), edition=edition, notify=notify)

    async def _imported(
        self, kind: str, body: bytes | AsyncIterator[bytes], *, edition: str, notify: bool = False
    ) -> dict[str, Any]:
        parameters = {"edition": edition} | ({"notify": "true"} if notify else {})
        answer = await self.http.post(
            f"/v1/imports/{kind}",
            params=parameters,
            content=body,
            headers={"Content-Type": "application/x-ndjson"},
        )
        report: dict[str, Any] = answer.raise_for_status().json()
        if report["refused"]:
            raise RuntimeError(f"{report['refused']} rows were refused: {report['problems'][:3]}")
        return report

    async def announced(self, *, edition: str) -> int:
        """People that the public counters show."""
        answer = await self.http.get("/v1/counters", params={"edition": edition, "dimension": "total"})
        if answer.status_code != httpx.codes.OK:
            return 0
        return sum(tally["announced"] for tally in answer.json()["counters"].get("total", []))

    async def counted(self, people: int, *, edition: str) -> float:
        """When the public counters showed so many people, on the monotonic clock."""

        async def shown() -> bool:
            return await self.announced(edition=edition) >= people

        return await until(shown)

    async def published(self) -> None:
        """Until registration's outbox is empty."""
        async with self.connected("registration") as connection:

            async def empty() -> bool:
                return not await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)")

            await until(empty, every=0.1)

    async def stop(self, services: Iterable[Service]) -> None:
        for service in services:
            await self.system.processes.stop(service)

    async def start_again(self, services: Iterable[Service]) -> None:
        await asyncio.gather(*(self.system.processes.start_again(service) for service in services))

    @asynccontextmanager
    async def connected(self, service: Service) -> AsyncIterator[asyncpg.Connection]:
        """A connection to a service's database."""
        connection = await asyncpg.connect(self.system.database_url(service))
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def stage(*, services: Sequence[Service] = SERVICES, settings: Settings | None = None) -> AsyncIterator[Stage]:
    """A fresh system with these services, deleted at the end."""
    async with (
        throwaway_system(services=services, settings=settings) as system,
        attached(system, services=services) as found,
    ):
        yield found


@asynccontextmanager
async def attached(system: System, *, services: Sequence[Service] = SERVICES) -> AsyncIterator[Stage]:
    """A stage on a running system; it waits for these services alone."""
    urls = {service: system.database_url(service) for service in services}
    async with (
        httpx.AsyncClient(
            base_url=system.public_url,
            headers={"Authorization": f"Bearer {staff_token(system)}"},
            timeout=httpx.Timeout(600, connect=10),
        ) as http,
        BacklogReader(database_urls=urls, bootstrap_servers=system.bootstrap_servers) as backlog,
    ):
        yield Stage(system=system, http=http, backlog=backlog)


def staff_token(system: System) -> str:
    """A token of the committee's staff for this system."""
    key = read_key(system.folder.private_key)
    return sign(key=key, caller=Caller("staff", "bench"), now=datetime.now(UTC), lifetime=timedelta(hours=12))


def events_for(edition: dict[str, Any], *, events: int, seed: int = 3) -> list[GeneratedEvent]:
    """Events of which none is faulty or limits its places, so that any number of people can sign up."""
    found: list[GeneratedEvent] = []
    wanted = events
    while len(found) < events:
        wanted = wanted * 5 // 4 + 10
        generated = generate_events(events=wanted, seed=seed, edition=edition)
        found = [event for event in generated if event.fault is None][:events]
    return [replace(event, row=event.row | {"capacity": None}) for event in found]


async def _pieces(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    for start in range(0, len(lines), _CHUNK):
        yield b"".join(lines[start : start + _CHUNK])
