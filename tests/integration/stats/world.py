"""The service between real PostgreSQL and Kafka: what registration would publish goes in, figures come out."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from aiokafka import AIOKafkaProducer

from shared.contracts.base import Bilingual, Contract
from shared.contracts.registration import (
    EditionMessage,
    EditionState,
    EventMessage,
    EventState,
    GuestListState,
    OrganiserIdentity,
    ParticipationMessage,
    Place,
    Slot,
    Window,
)
from shared.contracts.topics import EDITIONS, EVENTS, PARTICIPATIONS, Topic
from shared.runtime.identifiers import new_id
from shared.runtime.service import Service
from shared.runtime.tokens import new_key
from stats.app import build
from stats.settings import Settings

NOW = datetime(2020, 2, 3, 9, tzinfo=UTC)
PATIENCE_SECONDS = 60
Tallies = Mapping[str, Mapping[str, tuple[int, int, int]]]


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """Look until there is something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await look()):  # noqa: ASYNC110 - what is awaited is another process's work
            await asyncio.sleep(0.02)
    return found


# Messages


def new_edition_id() -> str:
    """Tests share servers: each counts in an edition of its own."""
    return f"e{uuid4().hex[:12]}"


def edition(id_: str, *, number: int = 1, status: str = "planned") -> EditionMessage:
    window = Window(first_day=date(2020, 3, 30), last_day=date(2020, 4, 5))
    return EditionMessage(
        change="created",
        edition=EditionState.model_validate(
            {
                "id": id_,
                "number": number,
                "name": Bilingual(fr="Semaine", en="Week"),
                "dates": window,
                "label_window": window,
                "submission_deadline": date(2020, 3, 20),
                "status": status,
            }
        ),
    )


def event(
    edition_id: str,
    *,
    id_: UUID | None = None,
    departement: str | None = "44",
    region: str | None = "52",
    hours: tuple[int, ...] = (9,),
    **said: Any,
) -> EventMessage:
    return EventMessage(
        change="submitted",
        event=EventState.model_validate(
            {
                "id": id_ or uuid4(),
                "edition_id": edition_id,
                "organiser": OrganiserIdentity(id=uuid4(), kind="company", name="Fonderie"),
                "revision": 1,
                "status": "labelled",
                "title": "Visite",
                "description": "Une visite de la fonderie.",
                "type": "company_visit",
                "themes": ("recruitment",),
                "audience": ("general_public",),
                "slots": tuple(
                    Slot(
                        begin=datetime.fromisoformat(f"2020-03-31T{hour:02}:00"),
                        end=datetime.fromisoformat("2020-03-31T23:00"),
                    )
                    for hour in hours
                ),
                "time_zone": "Europe/Paris",
                "place": Place(mode="onsite", departement=departement, region=region),
                "submitted_at": NOW,
                "changed_at": NOW,
            }
            | said
        ),
    )


def guest_list(edition_id: str, event_id: UUID, *, announced: int, actual: int | None = None) -> ParticipationMessage:
    return ParticipationMessage(
        change="resized",
        guest_list=GuestListState(
            event_id=event_id,
            edition_id=edition_id,
            parties=announced,
            announced=announced,
            cancelled=0,
            actual=actual,
        ),
    )


def headers(topic: Topic, key: str, sequence: int) -> list[tuple[str, bytes]]:
    return [
        (name, value.encode())
        for name, value in {
            "ce_specversion": "1.0",
            "ce_id": str(new_id()),
            "ce_type": topic.type,
            "ce_source": "/registration",
            "ce_subject": key,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_sequence": str(sequence),
        }.items()
    ]


@dataclass(frozen=True)
class Registration:
    """Publishes as registration does."""

    producer: AIOKafkaProducer

    async def edition(self, message: EditionMessage, *, sequence: int = 1) -> None:
        await self.send(EDITIONS, message.edition.id, sequence, message)

    async def event(self, message: EventMessage, *, sequence: int = 1) -> UUID:
        await self.send(EVENTS, str(message.event.id), sequence, message)
        return message.event.id

    async def guests(self, message: ParticipationMessage, *, sequence: int = 1) -> None:
        await self.send(PARTICIPATIONS, str(message.guest_list.event_id), sequence, message)

    async def send(self, topic: Topic, key: str, sequence: int, body: Contract) -> None:
        await self.raw(topic, key, body.model_dump_json().encode(), headers(topic, key, sequence))

    async def raw(self, topic: Topic, key: str, value: bytes, headers_: list[tuple[str, bytes]]) -> None:
        await self.producer.send_and_wait(topic.name, key=key.encode(), value=value, headers=headers_)


# The service


@dataclass(frozen=True)
class Stats:
    """The running service."""

    service: Service
    http: httpx.AsyncClient

    async def counters(self, edition_id: str, **filters: Any) -> Tallies:
        """Tallies by dimension and value; empty while the edition is not known."""
        answer = await self.http.get("/v1/counters", params={"edition": edition_id, **filters})
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            return {}
        assert answer.status_code == httpx.codes.OK, answer.text
        return tallies(answer.json())

    async def until(self, edition_id: str, **expected: Mapping[str, tuple[int, int, int]]) -> Tallies:
        """Wait until these dimensions are exactly these."""

        async def look() -> Tallies | None:
            nonlocal found
            found = await self.counters(edition_id)
            return found if all(found.get(name) == values for name, values in expected.items()) else None

        found: Tallies = {}
        try:
            return await eventually(look)
        except TimeoutError:
            assert {name: found.get(name) for name in expected} == expected
            raise

    @asynccontextmanager
    async def stream(self, edition_id: str, *, last_event_id: str | None = None) -> AsyncIterator["Stream"]:
        given = {"Last-Event-ID": last_event_id} if last_event_id else {}
        async with self.http.stream(
            "GET", "/v1/counters/stream", params={"edition": edition_id}, headers=given, timeout=PATIENCE_SECONDS
        ) as response:
            assert response.status_code == httpx.codes.OK
            assert response.headers["content-type"].startswith("text/event-stream")
            yield Stream(response.aiter_lines())


@dataclass
class Stream:
    """Events as a browser would see them. `shown` is what it shows."""

    lines: AsyncIterator[str]
    last_id: str = ""
    name: str = ""
    shown: dict[str, dict[str, tuple[int, int, int]]] | None = None

    async def next(self) -> Tallies:
        """The tallies of the next event."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines:
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    break
        self.name, self.last_id = fields["event"], fields["id"]
        told = tallies(json.loads(fields["data"]))
        if self.name == "snapshot" or self.shown is None:
            self.shown = {name: dict(values) for name, values in told.items()}
        else:
            for dimension, values in told.items():
                self.shown.setdefault(dimension, {}).update(values)
        return told

    async def until(self, dimension: str, value: str, expected: tuple[int, int, int]) -> None:
        while (self.shown or {}).get(dimension, {}).get(value) != expected:
            await self.next()


def tallies(document: dict[str, Any]) -> Tallies:
    return {
        dimension: {tally["value"]: (tally["events"], tally["announced"], tally["actual"]) for tally in values}
        for dimension, values in document["counters"].items()
    }


def settings(system: Any, folder: Path, **more: Any) -> Settings:
    key = folder / "public.jwk"
    key.write_text(json.dumps(new_key().as_dict(private=False)))
    return Settings(
        database_url=system.database_url("stats"),
        kafka_bootstrap_servers=system.bootstrap_servers,
        token_public_key_file=key,
        **more,
    )


@asynccontextmanager
async def running(made: Settings) -> AsyncIterator[Stats]:
    """The service with its HTTP server, stopped as the process stops it."""
    service = build(made)
    async with service.running():
        server = uvicorn.Server(uvicorn.Config(service.http, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server._serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=url) as http:
                yield Stats(service=service, http=http)
        finally:
            for step in service.stopping:
                step()
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await serving
