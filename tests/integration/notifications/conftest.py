"""The service between real PostgreSQL and Kafka on one side, real SMTP and HTTP servers on the other."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
import uvicorn
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError

from shared.contracts.notifications import DeliveryMessage
from shared.contracts.topics import DELIVERIES, TOPICS
from shared.runtime.consumer import group_id
from shared.runtime.tokens import SESSION_COOKIE, Caller, Role, new_key, sign
from tests.integration.notifications.browsing import Browser
from tests.integration.notifications.world import (
    MailServer,
    Notifications,
    Publisher,
    Receiver,
    Settled,
    eventually,
)

_TABLES = (
    "editions, events, contacts, partners, announcements, withdrawals, deliveries, outbox, idempotency, silenced,"
    " sign_ups, reviews, digests"
)


@pytest_asyncio.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    if server.hold is not None:
        server.hold.set()
    await server.stop()


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    config = uvicorn.Config(found.app(), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    found.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield found
    server.force_exit = server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest_asyncio.fixture
async def publisher(system) -> AsyncIterator[Publisher]:
    producer = AIOKafkaProducer(bootstrap_servers=system.bootstrap_servers, acks="all", linger_ms=0)
    admin = AIOKafkaAdminClient(bootstrap_servers=system.bootstrap_servers)
    await producer.start()
    await admin.start()
    yield Publisher(producer=producer, admin=admin)
    await admin.close()
    await producer.stop()


async def _skip_messages(bootstrap_servers: str) -> None:
    """Leave what other tests have said to them."""
    for topic in TOPICS:
        if "notifications" in topic.consumers:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=bootstrap_servers, group_id=group_id("notifications", topic), enable_auto_commit=False
            )
            await consumer.start()
            partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await eventually(partial(_committed, consumer, ends))
            await consumer.stop()


async def _committed(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> bool:
    """False while the group still counts on a member that was killed."""
    try:
        await consumer.commit(offsets)
    except CommitFailedError:
        return False
    return True


@pytest_asyncio.fixture
async def emptied(system, mail_server: MailServer, tmp_path: Path) -> Settled:
    """Settings over an empty database."""
    url = system.database_url("notifications")
    connection = await asyncpg.connect(url)
    await connection.execute(f"TRUNCATE {_TABLES}")
    await connection.close()
    key = new_key()
    public = tmp_path / "public.jwk"
    public.write_text(json.dumps(key.as_dict(private=False)))
    return Settled(
        key=key,
        values={
            "database_url": url,
            "kafka_bootstrap_servers": system.bootstrap_servers,
            "http_port": 8003,
            "token_public_key_file": public,
            "public_url": "https://semaine.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": mail_server.port,
            "smtp_connections": 3,
            "mail_from": "Semaine <no-reply@semaine.example>",
            "mail_retry_seconds": 0.2,
            "webhook_retry_seconds": 0.2,
            "webhook_allow_private": True,
            "webhook_timeout_seconds": 2,
            "delivery_poll_seconds": 0.1,
            "quiet_hours": "",
            "reminder_poll_seconds": 0.2,
        },
    )


@pytest_asyncio.fixture
async def settled(system, emptied: Settled) -> Settled:
    """Settings over an empty database, at the end of every topic."""
    await _skip_messages(system.bootstrap_servers)
    return emptied


@pytest_asyncio.fixture
async def notifications(settled: Settled) -> AsyncIterator[Notifications]:
    async with settled.running() as running:
        yield running


@pytest_asyncio.fixture
async def published_delivery(system) -> AsyncIterator[Callable[[str], Awaitable[DeliveryMessage]]]:
    """Read the message of a delivery from Kafka, by the delivery's id."""
    consumer = AIOKafkaConsumer(
        DELIVERIES.name, bootstrap_servers=system.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()

    async def read(id_: str) -> DeliveryMessage:
        async with asyncio.timeout(20):
            async for record in consumer:
                if record.key.decode() == id_:
                    return DeliveryMessage.model_validate_json(record.value)
        raise AssertionError("not published")

    yield read
    await consumer.stop()


@pytest_asyncio.fixture
async def sign_in(notifications):
    """`sign_in("partner", subject=id)`: their browser; without a role nobody's."""
    opened = []

    def signed_in(role: Role | None = None, *, subject: str = "alex") -> Browser:
        cookies = {}
        if role is not None:
            caller, now = Caller(role=role, subject=subject), datetime.now(UTC)
            cookies[SESSION_COOKIE] = sign(key=notifications.key, caller=caller, now=now, lifetime=timedelta(hours=1))
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=notifications.service.http, raise_app_exceptions=False),
            base_url="https://notifications",
            cookies=cookies,
            headers={"Accept": "text/html"},
            follow_redirects=True,
        )
        opened.append(http)
        return Browser(http)

    yield signed_in
    for each in opened:
        await each.aclose()


@pytest.fixture
def staff(sign_in):
    return sign_in("staff")
