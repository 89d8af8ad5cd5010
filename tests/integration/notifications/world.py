"""The world around the service: whom it hears, whom it tells, and itself as its users see it."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiosmtpd.smtp import SMTP
from fastapi import FastAPI, Request, Response
from joserfc.jwk import OKPKey

from notifications.app import build
from notifications.settings import Settings
from shared.contracts.base import Bilingual, Contract
from shared.contracts.labelling import CriterionResult, DecisionMessage, DecisionState
from shared.contracts.registration import (
    Access,
    Act,
    CatalogueMessage,
    ContactMessage,
    ContactState,
    EditionMessage,
    EditionState,
    EventMessage,
    EventState,
    GuestListState,
    NoticeMessage,
    NoticeState,
    Offer,
    OrganiserIdentity,
    ParticipationMessage,
    ParticipationState,
    Place,
    SignedUpFor,
    Slot,
    WaitingMessage,
    WaitingState,
    WaitsFor,
    Window,
)
from shared.contracts.topics import (
    CATALOGUE,
    CONTACTS,
    DECISIONS,
    EDITIONS,
    EVENTS,
    NOTICES,
    PARTICIPATIONS,
    WAITING,
    Topic,
)
from shared.runtime.consumer import group_id
from shared.runtime.database import prepare
from shared.runtime.service import Service
from shared.runtime.tokens import Caller, Role, sign

NOW = datetime.now(UTC)


async def eventually(condition: Callable[[], Awaitable[bool] | bool], *, seconds: float = 60) -> None:
    """Wait until it holds; fail if it never does."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


# The mail server


@dataclass
class MailServer:
    """Takes mails; `answers` says otherwise, by recipient: a line for each attempt, the last one for ever."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    connections: int = 0
    hold: asyncio.Event | None = None
    """If set, a mail is answered only once the event is."""
    _server: asyncio.Server | None = None
    _transports: set[asyncio.BaseTransport] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go away at once, connections and all."""
        if self._server is not None:
            self._server.close()
            for transport in list(self._transports):
                transport.abort()
            self._server = None

    def _protocol(self) -> SMTP:
        server = self

        class Watched(SMTP):
            def connection_made(self, transport: asyncio.Transport) -> None:
                server.connections += 1
                server._transports.add(transport)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                server._transports.discard(self.transport)
                super().connection_lost(error)

        return Watched(self, enable_SMTPUTF8=True, hostname="mail.test")

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's name
        answers = self.answers.get(address, [])
        answer = (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos[0], message))
        if self.hold is not None:
            await self.hold.wait()
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.mails if recipient == address]

    def times(self) -> Counter[str]:
        return Counter(recipient for recipient, _ in self.mails)


# Partners' endpoints


@dataclass
class Receiver:
    """An HTTP server whose paths are endpoints; `answers` by path: status, headers and delay of each call in turn."""

    url: str = ""
    calls: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str], float]]] = field(default_factory=dict)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    """How many calls of a path were answered at the same time, at most."""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/{path:path}")
        async def receive(path: str, request: Request) -> Response:
            self.calls.append((path, await request.body(), dict(request.headers)))
            answers = self.answers.get(path, [(200, {}, 0.0)])
            status, headers, delay = answers.pop(0) if len(answers) > 1 else answers[0]
            self.now[path] += 1
            self.most[path] = max(self.most[path], self.now[path])
            await asyncio.sleep(delay)
            self.now[path] -= 1
            return Response(f"answered {status}", status, headers)

        return app

    def at(self, path: str) -> list[tuple[bytes, dict[str, str]]]:
        return [(body, headers) for called, body, headers in self.calls if called == path]


# What registration and labelling tell


@dataclass(kw_only=True)
class Publisher:
    """Publishes messages as the other services do. `again` says all of them once more, and changes nothing."""

    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient
    _reached: dict[Topic, dict[TopicPartition, int]] = field(default_factory=lambda: defaultdict(dict))
    _said: list[tuple[Topic, str, int, Contract | None, UUID]] = field(default_factory=list)
    _sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def say(self, topic: Topic, key: object, body: Contract | None, *, id_: UUID | None = None) -> UUID:
        self._sequences[topic.name, str(key)] += 1
        said = (topic, str(key), self._sequences[topic.name, str(key)], body, id_ or uuid4())
        self._said.append(said)
        await self._send(*said)
        return said[-1]

    async def again(self) -> None:
        for said in list(self._said):
            await self._send(*said)

    async def _send(self, topic: Topic, key: str, sequence: int, body: Contract | None, id_: UUID) -> None:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(id_),
            "ce_type": topic.type,
            "ce_source": "/test",
            "ce_subject": key,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_sequence": str(sequence),
        }
        value = None if body is None else body.model_dump_json(exclude_none=True).encode()
        sent = await self.producer.send_and_wait(
            topic.name, value, key=key.encode(), headers=[(name, text.encode()) for name, text in headers.items()]
        )
        self._reached[topic][TopicPartition(topic.name, sent.partition)] = sent.offset + 1

    async def consumed(self) -> None:
        """Wait until every message said so far has been handled."""
        for topic, reached in self._reached.items():
            group = group_id("notifications", topic)

            async def handled(group: str = group, reached: dict[TopicPartition, int] = reached) -> bool:
                committed = await self.admin.list_consumer_group_offsets(group)
                return all(
                    partition in committed and committed[partition].offset >= offset
                    for partition, offset in reached.items()
                )

            await eventually(handled)

    # Shorthands

    async def edition(self, edition: EditionState) -> None:
        await self.say(EDITIONS, edition.id, EditionMessage(change="created", edition=edition))

    async def contact(self, contact: ContactState) -> None:
        await self.say(CONTACTS, contact.id, ContactMessage(change="created", contact=contact))

    async def erasure(self, contact: ContactState) -> None:
        await self.say(CONTACTS, contact.id, None)

    async def access(
        self, contact: ContactState, *, code: str, expires_in: timedelta = timedelta(hours=1), **more: Any
    ) -> None:
        access = Access(code=code, expires_at=datetime.now(UTC) + expires_in, **more)
        await self.say(CONTACTS, contact.id, ContactMessage(change="access_requested", contact=contact, access=access))

    async def event(
        self, event: EventState, *, change: str = "submitted", notify: bool = True, told_by_act: bool = False
    ) -> None:
        body = EventMessage(change=change, notify=notify, told_by_act=told_by_act, event=event)
        await self.say(EVENTS, event.id, body)

    async def withdrawn(self, event: EventState, **more: Any) -> None:
        """Of an event, by its organiser. Nobody gets a receipt of it."""
        gone = event.model_copy(update={"status": "withdrawn"})
        await self.event(gone, change="withdrawn", notify=False, **more)

    async def decision(self, event: EventState, verdict: str, **more: Any) -> None:
        await self.say(DECISIONS, event.id, decision(event, verdict, **more))

    async def sign_up(self, event: EventState, contact: ContactState, *, notify: bool = True, **more: Any) -> UUID:
        return await self.say(PARTICIPATIONS, event.id, sign_up(event, contact, notify=notify, **more))

    async def catalogue(self, event: EventState, *, change: str = "published") -> UUID:
        body = CatalogueMessage(change=change, event=event, page=f"/evenements/{event.id}", published_at=NOW)
        return await self.say(CATALOGUE, event.id, body)

    async def notice(self, notice: NoticeState, *, change: str = "act") -> None:
        body = NoticeMessage(change=change, notice=notice)
        await self.say(NOTICES, notice.recipient_id, body)

    async def waiting(self, event: EventState, contact: ContactState, change: str, **more: Any) -> None:
        body = waiting(event, contact, change, **more)
        await self.say(WAITING, body.entry.id, body)

    async def withdrawal(self, event: EventState) -> UUID:
        return await self.say(CATALOGUE, event.id, None)


def person(*, kind: str = "person", language: str = "fr", name: str = "Zoé") -> ContactState:
    id_ = uuid4()
    return ContactState(id=id_, kind=kind, email=f"{id_.hex}@example.org", name=name, language=language)


def an_edition() -> EditionState:
    return EditionState(
        id=f"e{uuid4().hex[:12]}",
        number=10,
        name=Bilingual(fr="Semaine de l’industrie", en="Industry Week"),
        dates=Window(first_day=NOW.date(), last_day=NOW.date()),
        label_window=Window(first_day=NOW.date(), last_day=NOW.date()),
        submission_deadline=NOW.date(),
        status="open",
    )


def an_event(organiser: ContactState, edition: EditionState, *, revision: int = 1, **more: Any) -> EventState:
    content: dict[str, Any] = {
        "id": uuid4(),
        "title": "Visite de l’atelier",
        "place": Place(mode="onsite", city="Lille", postcode="59000", departement="59", region="32"),
        "type": "company_visit",
        **more,
    }
    return EventState(
        edition_id=edition.id,
        organiser=OrganiserIdentity(id=organiser.id, kind="company", name="Aciéries du Nord"),
        revision=revision,
        status="submitted",
        description="Soudure et usinage",
        slots=(Slot(begin=datetime.fromisoformat("2020-03-31T09:00"), end=datetime.fromisoformat("2020-03-31T12:00")),),
        time_zone="Europe/Paris",
        submitted_at=NOW,
        changed_at=NOW,
        **content,
    )


def in_days(event: EventState, days: int, **changes: Any) -> EventState:
    """The event as it is with these changes, and begins in so many days of 24 hours, for two hours."""
    begin = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=days)
    return event.model_copy(update={"slots": (Slot(begin=begin, end=begin + timedelta(hours=2)),), **changes})


def postponed(edition: EditionState, *, number: int = 1, **more: Any) -> EditionState:
    """The edition after an act: two hundred days later, unless said otherwise."""
    act = Act(
        id=uuid4(),
        number=number,
        previous_dates=edition.dates,
        previous_label_window=edition.label_window,
        previous_submission_deadline=edition.submission_deadline,
        terms=Bilingual(fr="Les propositions rouvrent.", en="Submissions are open again."),
        decided_at=NOW,
        **{"kind": "postponed", **more},
    )
    days = Window(first_day=NOW.date() + timedelta(days=200), last_day=NOW.date() + timedelta(days=206))
    return edition.model_copy(update={"act": act, "dates": days})


def reached(event: EventState, edition: EditionState) -> EventState:
    """The event once the edition's act has reached it."""
    assert edition.act is not None
    moved = tuple(
        Slot(begin=slot.begin + timedelta(weeks=33), end=slot.end + timedelta(weeks=33)) for slot in event.slots
    )
    changes: dict[str, Any] = {
        "postponed": {"occurrence": "rescheduled", "slots": moved, "previous_slots": event.slots},
        "postponed_undated": {"occurrence": "postponed"},
        "cancelled": {"occurrence": "cancelled"},
    }[edition.act.kind]
    changes |= {
        "act_number": edition.act.number,
        "revision": event.revision + 1,
        "calendar_sequence": max(event.calendar_sequence, event.revision) + 1,
    }
    return event.model_copy(update=changes)


def a_notice(
    edition: EditionState,
    recipient: ContactState,
    *,
    organised: Sequence[EventState] = (),
    sign_ups: Sequence[EventState] = (),
    waiting: Sequence[EventState] = (),
) -> NoticeState:
    assert edition.act is not None
    return NoticeState(
        id=uuid4(),
        edition_id=edition.id,
        act=edition.act,
        recipient_id=recipient.id,
        organised=tuple(event.id for event in organised),
        organised_total=len(organised),
        sign_ups=tuple(SignedUpFor(event_id=event.id, participation_id=uuid4(), people=1) for event in sign_ups),
        sign_ups_total=len(sign_ups),
        waiting=tuple(WaitsFor(event_id=event.id, entry_id=uuid4(), people=1) for event in waiting),
        waiting_total=len(waiting),
    )


def decision(
    event: EventState, verdict: str, *, change: str = "decided", notify: bool = True, **more: Any
) -> DecisionMessage:
    outcome = {"labelled": "met", "refused": "unmet", "in_review": "doubtful"}[verdict]
    reason = Bilingual(fr="L’entrée doit être gratuite.", en="Entry must be free.")
    state = DecisionState(
        id=uuid4(),
        event_id=event.id,
        edition_id=event.edition_id,
        organiser_id=event.organiser.id,
        revision=event.revision,
        charter_version="1",
        verdict=verdict,
        criteria=(CriterionResult(criterion="free", weight="must", outcome=outcome, reason=reason),),
        decided_by="charter" if change == "decided" else "referent",
        decided_at=NOW,
        **more,
    )
    return DecisionMessage(change=change, notify=notify, decision=state)


def sign_up(
    event: EventState,
    contact: ContactState,
    *,
    notify: bool = True,
    id_: UUID | None = None,
    cancelled: bool = False,
    at: datetime = NOW,
) -> ParticipationMessage:
    participation = ParticipationState(
        id=id_ or uuid4(),
        kind="person",
        people=1,
        contact_id=contact.id,
        status="cancelled" if cancelled else "active",
        notify=notify,
        signed_up_at=at,
    )
    totals = GuestListState(event_id=event.id, edition_id=event.edition_id, parties=1, announced=1, cancelled=0)
    change: Literal["signed_up", "cancelled"] = "cancelled" if cancelled else "signed_up"
    return ParticipationMessage(change=change, participation=participation, guest_list=totals)


def waiting(
    event: EventState,
    contact: ContactState,
    change: str,
    *,
    id_: UUID,
    expires_in: timedelta | None = None,
    notify: bool = True,
) -> WaitingMessage:
    """`expires_in`: of the offer, if there is one."""
    offer = Offer(expires_at=datetime.now(UTC) + expires_in, revision=event.revision) if expires_in else None
    entry = WaitingState(
        id=id_,
        event_id=event.id,
        edition_id=event.edition_id,
        contact_id=contact.id,
        kind="person",
        people=1,
        status={"joined": "waiting", "suspended": "waiting"}.get(change, change),
        position=7 if change == "joined" else 0,
        offer=offer,
        joined_at=NOW,
    )
    return WaitingMessage(change=change, notify=notify, entry=entry)


# The service


@dataclass(kw_only=True)
class Notifications:
    """The running service as its users see it, and its database for what they do not."""

    service: Service
    http: httpx.AsyncClient
    key: OKPKey
    database: asyncpg.Connection

    def token(self, role: Role, subject: str = "somebody") -> dict[str, str]:
        caller = Caller(role=role, subject=subject)
        token = sign(key=self.key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    @property
    def staff(self) -> dict[str, str]:
        return self.token("staff")

    async def register(self, url: str, **choices: Any) -> dict[str, Any]:
        """A new partner, with its secret."""
        answer = await self.http.post("/v1/partners", json={"name": "CCI", "url": url, **choices}, headers=self.staff)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def log(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.http.get("/v1/deliveries", params=filters, headers=self.staff)
        assert answer.status_code == 200, answer.text
        return answer.json()["deliveries"]

    async def statuses(self, **filters: Any) -> Counter[str]:
        return Counter(delivery["status"] for delivery in await self.log(**filters))

    async def all_finished(self, count: int, **filters: Any) -> None:
        """Wait until there are `count` deliveries and none is pending."""

        async def done() -> bool:
            statuses = await self.statuses(**filters)
            return sum(statuses.values()) == count and not statuses["pending"]

        await eventually(done)


@dataclass(kw_only=True)
class Settled:
    """Settings of a test's service: quick, and at its own SMTP server."""

    values: dict[str, Any]
    key: OKPKey

    def settings(self, **more: Any) -> Settings:
        return Settings(**{**self.values, **more})

    @contextlib.asynccontextmanager
    async def sending(self, **more: Any) -> AsyncIterator[None]:
        """A process of which only the senders run: nothing of it waits for Kafka's groups."""
        service = build(self.settings(**more))
        await service.database.open()
        tasks = [asyncio.create_task(run()) for name, run in service.background if name.endswith("sender")]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await service.database.close()

    @contextlib.asynccontextmanager
    async def serving(self, **more: Any) -> AsyncIterator[Notifications]:
        """A process of which only HTTP and the senders run: nothing of it waits for Kafka's groups."""
        service = build(self.settings(**more))
        await service.database.open()
        tasks = [asyncio.create_task(run()) for name, run in service.background if name.endswith("sender")]
        try:
            async with self._used(service) as served:
                yield served
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await service.database.close()

    @contextlib.asynccontextmanager
    async def running(self, **more: Any) -> AsyncIterator[Notifications]:
        service = build(self.settings(**more))
        async with service.running(), self._used(service) as running:
            yield running

    @contextlib.asynccontextmanager
    async def _used(self, service: Service) -> AsyncIterator[Notifications]:
        transport = httpx.ASGITransport(service.http)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifications") as client:
            database = await asyncpg.connect(self.values["database_url"])
            await prepare(database)
            try:
                yield Notifications(service=service, http=client, key=self.key, database=database)
            finally:
                await database.close()
