"""The service between real PostgreSQL and Kafka: requests and decisions go in, answers and messages come out."""

import asyncio
import contextlib
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from aiokafka import AIOKafkaProducer, ConsumerRecord
from joserfc.jwk import OKPKey
from stdnum import luhn

from registration.app import build
from registration.settings import Settings
from shared.contracts import topics
from shared.contracts.base import Contract
from shared.contracts.labelling import DecisionMessage, DecisionState, Verdict
from shared.contracts.topics import CONTACTS, DECISIONS, EVENTS, NOTICES, PARTICIPATIONS, Topic
from shared.runtime.identifiers import new_id
from shared.runtime.service import Service
from shared.runtime.tokens import Caller, Role, new_key, sign
from tests.reading import reading, skip_what_is_there

PATIENCE_SECONDS = 60
_PATIENCE_WITH_ACTS = 6 * PATIENCE_SECONDS
"""Hundreds of events and as many people."""
PUBLISHED = [topic for topic in topics.TOPICS if topic.publisher == "registration"]
Headers = Mapping[str, str]
_numbers = itertools.count(int(uuid4().int % 10**8))


async def eventually(look: Callable[[], Awaitable[Any]], *, patience: float = PATIENCE_SECONDS) -> Any:
    """Look until there is something."""
    async with asyncio.timeout(patience):
        while not (found := await look()):  # noqa: ASYNC110 - what is awaited is another process's work
            await asyncio.sleep(0.02)
    return found


# Content


def unique(word: str) -> str:
    """Tests share servers: each has names of its own."""
    return f"{word}-{uuid4().hex[:12]}"


def new_siret() -> str:
    """A possible SIRET that no other test uses."""
    siren = _with_check_digit(f"{next(_numbers) % 10**8:08}")
    return _with_check_digit(f"{siren}0001")


def _with_check_digit(digits: str) -> str:
    return digits + luhn.calc_check_digit(digits)


def edition_content(**changes: Any) -> dict[str, Any]:
    """An edition to which events can be submitted for decades."""
    return {
        "number": 80,
        "name": {"fr": "Semaine de l'Industrie 2090", "en": "Industry Week 2090"},
        "dates": {"first_day": "2090-03-27", "last_day": "2090-04-02"},
        "label_window": {"first_day": "2090-03-13", "last_day": "2090-04-16"},
        "submission_deadline": "2090-03-17",
        "regional_windows": [],
        "status": "open",
    } | changes


def act_content(**changes: Any) -> dict[str, Any]:
    """From the Monday of `edition_content` to another, 33 weeks later."""
    return {
        "kind": "postponed",
        "dates": {"first_day": "2090-11-13", "last_day": "2090-11-19"},
        "terms": {"fr": "De nouvelles dates.", "en": "New dates."},
    } | changes


def organiser_content(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "company",
        "name": "Chaudronnerie de l'Estuaire",
        "siret": new_siret(),
        "email": f"{unique('contact')}@chaudronnerie.example",
        "contact_name": "Claude Martin",
    } | changes


def event_content(**changes: Any) -> dict[str, Any]:
    """An event like no other; `place` is merged."""
    place = {"mode": "onsite", "address": "2 rue des Chantiers", "postcode": "44550", "city": "Montoir-de-Bretagne"}
    return {
        "title": unique("Visite de l'atelier de soudure"),
        "description": f"Découvrez la fabrication de pièces métalliques, {unique('lot')}.",
        "type": "company_visit",
        "themes": ["recruitment"],
        "audience": ["general_public", "young_people"],
        "price_cents": 0,
        "slots": [{"begin": "2090-03-28T09:00", "end": "2090-03-28T12:00"}],
        "capacity": 40,
        "accessibility": ["mi"],
        **changes,
        "place": place | changes.get("place", {}),
    }


def person(**changes: Any) -> dict[str, Any]:
    return {"name": "Camille Moreau", "email": f"{unique('camille')}@example.org"} | changes


def json_lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


# What is told


@dataclass(frozen=True)
class Told:
    """A record of a topic. `body`: decoded by the contract, which refuses what it does not know."""

    id: UUID
    sequence: int
    value: bytes | None
    topic: Topic

    @property
    def body(self) -> Any:
        return None if self.value is None else self.topic.model.model_validate_json(self.value, extra="forbid")

    @property
    def change(self) -> str:
        return "tombstone" if self.value is None else self.body.change


@dataclass(frozen=True)
class Organiser:
    id: str
    headers: Headers


# The service


@dataclass
class Registration:
    """The running service, and both sides of it."""

    service: Service
    http: httpx.AsyncClient
    producer: AIOKafkaProducer
    key: OKPKey
    told: dict[tuple[str, str], list[Told]] = field(default_factory=lambda: defaultdict(list))
    _decided: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    # Callers

    def bearer(self, role: Role, subject: str = "somebody") -> Headers:
        token = sign(key=self.key, caller=Caller(role, subject), now=datetime.now(UTC), lifetime=timedelta(minutes=15))
        return {"Authorization": f"Bearer {token}"}

    @property
    def staff(self) -> Headers:
        return self.bearer("staff")

    # Requests, as organisers and staff make them

    async def edition(self, **changes: Any) -> str:
        """The id of a new edition."""
        id_ = unique("trial")
        answer = await self.http.put(f"/v1/editions/{id_}", json=edition_content(**changes), headers=self.staff)
        assert answer.status_code == 201, answer.text
        return id_

    async def organiser(self, **changes: Any) -> Organiser:
        """A new organiser and its token's headers."""
        answer = await self.http.post("/v1/organisers", json=organiser_content(**changes))
        assert answer.status_code == 201, answer.text
        id_ = answer.json()["id"]
        return Organiser(id_, self.bearer("organiser", id_))

    async def draft(self, edition: str, organiser: Organiser, content: dict[str, Any]) -> dict[str, Any]:
        body = {"edition_id": edition, "status": "draft", "event": content}
        answer = await self.http.post("/v1/events", json=body, headers=organiser.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def submit(self, edition: str, organiser: Organiser, **changes: Any) -> dict[str, Any]:
        """A submitted event, as answered."""
        body = {"edition_id": edition, "event": event_content(**changes)}
        answer = await self.http.post("/v1/events", json=body, headers=organiser.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def labelled(self, edition: str, organiser: Organiser, **changes: Any) -> str:
        """The id of an event in the programme."""
        event = await self.submit(edition, organiser, **changes)
        await self.decide(event["id"], "labelled")
        return event["id"]

    async def amend(self, event_id: str, caller: Headers, content: dict[str, Any]) -> httpx.Response:
        return await self.http.put(f"/v1/events/{event_id}", json=content, headers=caller)

    async def sign_up(self, event_id: str, **changes: Any) -> httpx.Response:
        return await self.http.post(f"/v1/events/{event_id}/participations", json=person(**changes))

    async def wait(self, event_id: str, **changes: Any) -> dict[str, Any]:
        """An entry of the event's waiting list: the event has to be full."""
        answer = await self.sign_up(event_id, if_full="wait", **changes)
        assert answer.status_code == 202, answer.text
        entry: dict[str, Any] = answer.json()
        return entry

    async def waiting(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The entry as it is now."""
        answer = await self.http.get(f"/v1/events/{entry['event_id']}/waiting/{entry['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def waits_until(self, entry: dict[str, Any], status: str) -> dict[str, Any]:
        """The entry, once it has come so far."""

        async def look() -> dict[str, Any] | None:
            found = await self.waiting(entry)
            return found if found["status"] == status else None

        found: dict[str, Any] = await eventually(look)
        return found

    async def accept(self, entry: dict[str, Any]) -> httpx.Response:
        return await self.http.post(f"/v1/events/{entry['event_id']}/waiting/{entry['id']}/acceptance")

    async def leave(self, entry: dict[str, Any]) -> httpx.Response:
        return await self.http.post(f"/v1/events/{entry['event_id']}/waiting/{entry['id']}/departure")

    async def cancel(self, event_id: str, participation_id: str) -> httpx.Response:
        return await self.http.post(f"/v1/events/{event_id}/participations/{participation_id}/cancellation")

    async def import_(
        self, kind: str, edition: str, body: Any, caller: Headers, *, type_: str = "application/x-ndjson", **query: Any
    ) -> httpx.Response:
        """Send a file; a list of rows becomes JSON lines."""
        return await self.http.post(
            f"/v1/imports/{kind}",
            params={"edition": edition, **query},
            content=json_lines(body) if isinstance(body, list) else body,
            headers={"Content-Type": type_, **caller},
        )

    # Acts

    async def preview(self, edition: str, **changes: Any) -> httpx.Response:
        return await self.http.post(
            f"/v1/editions/{edition}/acts/preview", json=act_content(**changes), headers=self.staff
        )

    async def confirm(self, edition: str, token: str, **changes: Any) -> httpx.Response:
        body = act_content(**changes) | {"token": token}
        return await self.http.post(f"/v1/editions/{edition}/acts", json=body, headers=self.staff)

    async def act(self, edition: str, **changes: Any) -> int:
        """The number of an act that is previewed and confirmed."""
        shown = await self.preview(edition, **changes)
        assert shown.status_code == 200, shown.text
        answer = await self.confirm(edition, shown.json()["token"], **changes)
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["act"]["number"]
        return number

    async def progress(self, edition: str, number: int) -> dict[str, Any]:
        answer = await self.http.get(f"/v1/editions/{edition}/acts/{number}", headers=self.staff)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def settled(self, edition: str, number: int) -> dict[str, Any]:
        """The act, once all are told."""

        async def look() -> dict[str, Any] | None:
            found = await self.progress(edition, number)
            return found if found["phase"] == "settled" else None

        found: dict[str, Any] = await eventually(look, patience=_PATIENCE_WITH_ACTS)
        return found

    async def postponed(self, edition: str, **changes: Any) -> dict[str, Any]:
        """An act, carried through."""
        return await self.settled(edition, await self.act(edition, **changes))

    async def answer(self, event_id: str, caller: Headers, answer: str, *, act: int, **more: Any) -> httpx.Response:
        body = {"answer": answer, "act": act, **more}
        return await self.http.post(f"/v1/events/{event_id}/answer", json=body, headers=caller)

    async def event(self, event_id: str) -> dict[str, Any]:
        """As staff see it."""
        answer = await self.http.get(f"/v1/events/{event_id}", headers=self.staff)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def notices(self, edition: str) -> list[tuple[str, Any]]:
        """(change, notice) of all that was told of acts on an edition, in the order of each recipient."""
        told = {
            each.id: each
            for (topic, _), messages in list(self.told.items())
            if topic == NOTICES.name
            for each in messages
            if each.body.notice.edition_id == edition
        }
        return [(each.change, each.body.notice) for each in told.values()]

    # What the others would publish

    async def decide(
        self, event_id: str, verdict: Verdict, *, revision: int = 1, sequence: int | None = None, **more: Any
    ) -> None:
        """Put a decision on its topic, and wait until the service has taken it in. `more`: of the decision."""
        self._decided[event_id] = sequence or self._decided[event_id] + 1
        await self.send_decision(event_id, verdict, revision=revision, sequence=self._decided[event_id], **more)
        look = "SELECT 1 FROM inbox WHERE topic = $1 AND key = $2 AND sequence >= $3"
        await eventually(lambda: self.value(look, DECISIONS.name, event_id, self._decided[event_id]))

    async def send_decision(
        self, event_id: str, verdict: Verdict, *, revision: int = 1, sequence: int = 1, **more: Any
    ) -> None:
        given: dict[str, Any] = {"criteria": (), "decided_by": "charter"} | more
        decision = DecisionState(
            id=new_id(),
            event_id=UUID(event_id),
            edition_id="any",
            organiser_id=uuid4(),
            revision=revision,
            charter_version="1",
            verdict=verdict,
            decided_at=datetime.now(UTC),
            **given,
        )
        await self._send(DECISIONS, event_id, sequence, DecisionMessage(change="decided", decision=decision))

    async def _send(self, topic: Topic, key: str, sequence: int, body: Contract) -> None:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(new_id()),
            "ce_type": topic.type,
            "ce_source": f"/{topic.publisher}",
            "ce_subject": key,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_sequence": str(sequence),
        }
        await self.producer.send_and_wait(
            topic.name,
            key=key.encode(),
            value=body.model_dump_json().encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )

    # What it says

    def take(self, record: ConsumerRecord) -> None:
        topic = topics.BY_NAME[record.topic]
        headers = {name: value.decode() for name, value in record.headers}
        key = record.key.decode()
        assert (headers["ce_type"], headers.get("ce_subject", key)) == (topic.type, key)
        message = Told(UUID(headers["ce_id"]), int(headers["ce_sequence"]), record.value, topic)
        self.told[record.topic, key].append(message)

    async def messages(self, topic: Topic, key: str, *, count: int) -> list[Told]:
        """All messages of an aggregate, once there are as many; they are numbered without a gap."""
        told = self.told[topic.name, key]

        async def enough() -> bool:
            return len(told) >= count

        with contextlib.suppress(TimeoutError):
            await eventually(enough)
        assert [each.sequence for each in told] == list(range(1, count + 1)), [each.change for each in told]
        return list(told)

    async def all_told(self) -> None:
        """Wait until the outbox is empty and everything in it has been read here."""
        last = await self.value("SELECT coalesce(max(id), 0) FROM outbox")
        await eventually(lambda: self.value("SELECT NOT EXISTS (SELECT FROM outbox WHERE id <= $1)", last))
        mark = await self.edition()
        await self.messages(topics.EDITIONS, mark, count=1)

    async def events_told(self, event_id: str, *, count: int) -> list[tuple[str, int, str]]:
        """(change, revision, status) of each message about an event."""
        told = await self.messages(EVENTS, event_id, count=count)
        return [(each.change, each.body.event.revision, each.body.event.status) for each in told]

    async def lists_told(self, event_id: str, *, count: int) -> list[tuple[str, int, int, int]]:
        """(change, parties, announced, cancelled) of each message about a guest list."""
        told = await self.messages(PARTICIPATIONS, event_id, count=count)
        lists = [(each.change, each.body.guest_list) for each in told]
        return [(change, state.parties, state.announced, state.cancelled) for change, state in lists]

    async def access_code(self, organiser_id: str, *, message: int) -> str:
        """The code in the so-manyth message about an organiser's contact."""
        told = await self.messages(CONTACTS, organiser_id, count=message)
        code: str = told[-1].body.access.code
        return code

    async def value(self, query: str, *arguments: object) -> Any:
        async with self.service.database.reading() as connection:
            return await connection.fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: object) -> None:
        async with self.service.database.transaction() as connection:
            await connection.execute(query, *arguments)


def settings(system: Any, folder: Path, **more: Any) -> tuple[Settings, OKPKey]:
    """Settings of a service on these servers, and the key that it signs with."""
    key = new_key()
    public, private = folder / "public.jwk", folder / "private.jwk"
    public.write_text(json.dumps(key.as_dict(private=False)))
    private.write_text(json.dumps(key.as_dict(private=True)))
    made = Settings(
        database_url=system.database_url("registration"),
        kafka_bootstrap_servers=system.bootstrap_servers,
        token_public_key_file=public,
        token_private_key_file=private,
        **{"rate_limits": False, "offer_poll_seconds": 0.1, **more},
    )
    return made, key


@asynccontextmanager
async def running(made: Settings, key: OKPKey) -> AsyncIterator[Registration]:
    """The service in this process, with its HTTP server, and a plain consumer of all that it publishes."""
    await skip_what_is_there(made.kafka_bootstrap_servers, DECISIONS, service="registration")
    service = build(made)
    async with service.running(), _serving(service) as url, _facing(service, key, url) as found:
        yield found


@asynccontextmanager
async def outside(made: Settings, key: OKPKey, url: str) -> AsyncIterator[Registration]:
    """The same for a service that runs as a process of its own: here is only a look into its database."""
    service = build(made)
    await service.database.open()
    async with _facing(service, key, url) as found:
        yield found
    await service.database.close()


@asynccontextmanager
async def _facing(service: Service, key: OKPKey, url: str) -> AsyncIterator[Registration]:
    servers = service.settings.kafka_bootstrap_servers
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        found = Registration(service=service, http=http, producer=producer, key=key)
        try:
            async with reading(servers, *(topic.name for topic in PUBLISHED), take=found.take):
                yield found
        finally:
            await producer.stop()


@asynccontextmanager
async def _serving(service: Service) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(service.http, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
