"""The service between real PostgreSQL and Kafka: what registration would publish goes in, decisions come out."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, ConsumerRecord
from joserfc.jwk import OKPKey

from labelling.app import build
from labelling.settings import Settings
from shared.contracts.base import Bilingual, Contract
from shared.contracts.labelling import DecisionMessage
from shared.contracts.registration import (
    EditionMessage,
    EditionState,
    EventMessage,
    EventState,
    OrganiserIdentity,
    Place,
    Slot,
    Window,
)
from shared.contracts.topics import DECISIONS, EDITIONS, EVENTS, Topic
from shared.runtime.identifiers import new_id
from shared.runtime.service import Service
from shared.runtime.tokens import SESSION_COOKIE, Caller, Role, new_key, sign
from tests.integration.labelling.browsing import Browser
from tests.reading import reading

_PATIENCE_SECONDS = 60


@dataclass
class Labelling:
    """The running service, and both sides of it."""

    service: Service
    producer: AIOKafkaProducer
    http: httpx.AsyncClient
    key: OKPKey
    published: dict[UUID, list[tuple[int, DecisionMessage]]] = field(default_factory=lambda: defaultdict(list))

    async def eventually(self, look: Callable[[], Awaitable[Any]]) -> Any:
        """Look until there is something."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not (found := await look()):  # noqa: ASYNC110 - what is awaited is another process's work
                await asyncio.sleep(0.02)
        return found

    async def send_edition(self, edition: EditionState, *, sequence: int = 1) -> None:
        change = "created" if sequence == 1 else "changed"
        await self.send(EDITIONS, edition.id, sequence, EditionMessage(change=change, edition=edition))

    async def send_event(self, event: EventState, *, sequence: int = 1) -> None:
        change = "amended" if event.status == "submitted" and event.revision > 1 else event.status
        await self.send(EVENTS, str(event.id), sequence, EventMessage(change=change, event=event))

    async def send(self, topic: Topic, key: str, sequence: int, body: Contract) -> None:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(new_id()),
            "ce_type": topic.type,
            "ce_source": "/registration",
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

    async def handled(self, key: object, *, topic: Topic = EVENTS, sequence: int = 1) -> None:
        """Wait until the service has taken in this message."""
        query = "SELECT 1 FROM inbox WHERE topic = $1 AND key = $2 AND sequence >= $3"
        await self.eventually(lambda: self.value(query, topic.name, str(key), sequence))

    def take(self, record: ConsumerRecord) -> None:
        sequence = int(dict(record.headers)["ce_sequence"])
        message = DecisionMessage.model_validate_json(record.value)
        self.published[UUID(record.key.decode())].append((sequence, message))

    async def decisions_on(self, event: EventState, *, count: int = 1) -> list[tuple[int, DecisionMessage]]:
        """Wait for as many decisions on Kafka; each with its ce_sequence."""

        async def enough() -> bool:
            return len(self.published[event.id]) >= count

        await self.eventually(enough)
        return self.published[event.id]

    async def decided(self, event: EventState, *, sequence: int = 1) -> DecisionMessage:
        """Send an event and wait for what is decided of it."""
        known = len(self.published[event.id])
        await self.send_event(event, sequence=sequence)
        return (await self.decisions_on(event, count=known + 1))[-1][1]

    async def value(self, query: str, *arguments: object) -> Any:
        async with self.service.database.reading() as connection:
            return await connection.fetchval(query, *arguments)

    def bearer(self, role: Role, *, subject: str = "somebody", departement: str | None = None) -> dict[str, str]:
        caller = Caller(role=role, subject=subject, departements=tuple((departement or "").split()))
        token = sign(key=self.key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}


@pytest_asyncio.fixture(scope="module")
async def labelling(system, tmp_path_factory) -> AsyncIterator[Labelling]:
    key = new_key()
    public = tmp_path_factory.mktemp("labelling") / "public.jwk"
    public.write_text(json.dumps(key.as_dict(private=False)))
    settings = Settings(
        database_url=system.database_url("labelling"),
        kafka_bootstrap_servers=system.bootstrap_servers,
        token_public_key_file=public,
    )
    service = build(settings)
    producer = AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers, acks="all")
    transport = httpx.ASGITransport(app=service.http, raise_app_exceptions=False)
    await producer.start()
    async with service.running(), httpx.AsyncClient(transport=transport, base_url="http://labelling") as http:
        running = Labelling(service=service, producer=producer, http=http, key=key)
        async with reading(system.bootstrap_servers, DECISIONS.name, take=running.take):
            yield running
    await producer.stop()


@pytest.fixture
def new_edition() -> EditionState:
    """An edition that no other test knows."""
    return EditionState(
        id=f"trial-{uuid4().hex[:12]}",
        number=10,
        name=Bilingual(fr="Essai", en="Trial"),
        dates=Window(first_day=date(2020, 3, 30), last_day=date(2020, 4, 5)),
        label_window=Window(first_day=date(2020, 3, 16), last_day=date(2020, 4, 19)),
        submission_deadline=date(2020, 3, 20),
        status="open",
    )


@pytest_asyncio.fixture
async def edition(labelling: Labelling, new_edition: EditionState) -> EditionState:
    """An edition that the service knows."""
    await labelling.send_edition(new_edition)
    await labelling.handled(new_edition.id, topic=EDITIONS)
    return new_edition


@pytest.fixture
def new_event(new_edition: EditionState) -> Callable[..., EventState]:
    """`new_event(…)`: a good event of the test's edition, with an id of its own and these changes."""

    def made(*, departement: str | None = "44", **changes: Any) -> EventState:
        now = datetime(2020, 2, 3, 9, tzinfo=UTC)
        event = EventState(
            id=new_id(),
            edition_id=new_edition.id,
            organiser=OrganiserIdentity(id=uuid4(), kind="company", name="Forges", siret="73282932000074"),
            revision=1,
            status="submitted",
            title="Visite de l'atelier de soudure",
            description="Découvrez la fabrication de pièces métalliques : soudure, usinage, contrôle qualité, et les"
            " métiers de la chaudronnerie industrielle.",
            type="company_visit",
            audience=("general_public",),
            slots=(Slot(begin=datetime(2020, 3, 31, 9), end=datetime(2020, 3, 31, 12)),),  # noqa: DTZ001 - local
            time_zone="Europe/Paris",
            place=Place(
                mode="onsite",
                address="2 rue des Chantiers",
                postcode="44000",
                city="Nantes",
                commune="44109",
                departement=departement,
            ),
            submitted_at=now,
            changed_at=now,
        )
        return event.model_copy(update=changes)

    return made


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture
async def sign_in(labelling):
    """`sign_in("referent", subject="ana", departement="67")`: their browser; without a role nobody's."""
    opened = []

    def signed_in(role: Role | None = None, *, subject: str = "alex", departement: str | None = None) -> Browser:
        cookies = {}
        if role is not None:
            caller = Caller(role=role, subject=subject, departements=tuple((departement or "").split()))
            now = datetime.now(UTC)
            cookies[SESSION_COOKIE] = sign(key=labelling.key, caller=caller, now=now, lifetime=timedelta(minutes=5))
        transport = httpx.ASGITransport(app=labelling.service.http, raise_app_exceptions=False)
        http = httpx.AsyncClient(
            transport=transport,
            base_url="http://labelling",
            cookies=cookies,
            headers={"Accept": "text/html"},
            follow_redirects=True,
        )
        opened.append(http)
        return Browser(http)

    yield signed_in
    for each in opened:
        await each.aclose()
