"""A service: its HTTP application, consumers, relay and background tasks, started and stopped in order."""

import asyncio
import contextlib
import gc
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import structlog
import uvloop
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from shared.contracts.topics import Service as Name
from shared.runtime import logs
from shared.runtime.backlog import Backlog
from shared.runtime.consumer import Consumers
from shared.runtime.database import Database, DatabaseNotMigratedError, is_transient
from shared.runtime.health import Health
from shared.runtime.http import application
from shared.runtime.http import server as http_server
from shared.runtime.http.boundary import Limits
from shared.runtime.http.once import forget_old_answers
from shared.runtime.http.quotas import Policy, Quota, Strict
from shared.runtime.relay import Relay
from shared.runtime.settings import ServiceSettings, refuse
from shared.runtime.tokens import read_key

log = structlog.get_logger(__name__)
Background = Callable[[], Awaitable[None]]
_START_SECONDS = 60


@dataclass(kw_only=True)
class Service:
    """Everything one process runs. `background`: coroutine functions that run until cancelled."""

    name: Name
    settings: ServiceSettings
    database: Database
    consumers: Consumers
    relay: Relay
    health: Health
    http: FastAPI
    background: list[tuple[str, Background]] = field(default_factory=list)
    prepare: list[Background] = field(default_factory=list)
    """Run once, after the database is open and before anything is consumed."""
    stopping: list[Callable[[], None]] = field(default_factory=list)
    """Called first when the process stops: ends the answers that would go on without end."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service without its HTTP server: database, relay, consumers, background tasks."""
        await self.database.open()
        try:
            await self.database.check_migrated(*migrations(self.name))
            for step in self.prepare:
                await step()
            self.database.committed = self.relay.wake
            tasks = [
                ("relay", self.relay.run),
                ("health", self.health.run),
                ("consumers", self.consumers.watch),
                ("idempotency", self._forget_old_answers),
                *self.background,
            ]
            running = [asyncio.create_task(_forever(run), name=name) for name, run in tasks]
            self.health.tasks = running
            try:
                await self.consumers.start()
                yield
            finally:
                await self.consumers.stop()
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
        finally:
            await self.database.close()

    async def _forget_old_answers(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                await forget_old_answers(self.database)
            await asyncio.sleep(3600)


async def _forever(run: Background) -> None:
    try:
        await run()
    except Exception:
        log.exception("a background task has ended")
        raise


def migrations(name: Name) -> Sequence[Path]:
    """The two folders of migrations of a service's database."""
    return (
        Path(str(files("shared.runtime") / "migrations")),
        Path(str(files(name) / "migrations")),
    )


def assemble(
    *,
    name: Name,
    description: str,
    settings: ServiceSettings,
    bodies: Sequence[tuple[re.Pattern[str], int]] = (),
    streams: tuple[str, ...] = (),
    strict: Sequence[Strict] = (),
) -> Service:
    """A service with what all have; its `app.build` adds routes, operations and tasks. Limits: see `Limits`."""
    database = Database(dsn=settings.database_dsn, connections=settings.database_connections)
    backlog = Backlog(limit=settings.outbox_limit)
    consumers = Consumers(
        service=name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        database=database,
        batch=settings.consumer_batch,
        backlog=backlog,
    )
    health = Health(
        database=database,
        consumers=consumers,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        stuck_after=settings.stuck_after_seconds,
        lag_limit=settings.lag_limit,
        backlog=backlog,
    )
    return Service(
        name=name,
        settings=settings,
        database=database,
        consumers=consumers,
        health=health,
        relay=Relay(
            database=database,
            bootstrap_servers=settings.kafka_bootstrap_servers,
            source=f"/{name}",
            batch=settings.relay_batch,
        ),
        http=application.create(
            service=name,
            description=description,
            database=database,
            health=health,
            token_key=read_key(settings.token_public_key_file),
            limits=Limits(
                policy=_policy(settings, strict) if settings.rate_limits else None,
                bodies=bodies,
                streams=streams,
                requests_at_once=settings.http_requests,
            ),
        ),
    )


def _policy(settings: ServiceSettings, strict: Sequence[Strict]) -> Policy:
    return Policy(
        staff=Quota(name="staff", limit=settings.rate_limit_staff),
        token=Quota(name="token", limit=settings.rate_limit_token),
        address=Quota(name="address", limit=settings.rate_limit_address),
        strict=strict,
    )


def run(build: Callable[[], Service]) -> None:
    """Run a service until SIGTERM or SIGINT. Exits with 78 when it cannot start, 1 when it fails later."""
    try:
        service = build()
    except (ValueError, OSError) as error:
        refuse([str(error)])
    logs.configure(service=service.name, level=service.settings.log_level, form=service.settings.log_format)
    sys.exit(uvloop.run(_run(service)))


def _calm_the_collector() -> None:
    """Batches make many objects that are no garbage: look for cycles less often, and not in what stays for ever."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


async def _run(service: Service) -> int:
    settings = service.settings
    server = http_server.make(
        service.http,
        host=settings.http_host,
        port=settings.http_port,
        connections=settings.http_connections,
        trusted_proxies=settings.trusted_proxies,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(_START_SECONDS):
                await stack.enter_async_context(service.running())
        except (DatabaseNotMigratedError, ValueError) as error:
            refuse([str(error)])
        except KafkaError as error:
            refuse([f"Kafka at {service.settings.kafka_bootstrap_servers} does not answer: {error!r}"])
        except Exception as error:
            if not is_transient(error):
                raise
            refuse([f"a server does not answer (PostgreSQL or Kafka): {error!r}"])
        serving = asyncio.create_task(server.serve(), name="http")
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        _calm_the_collector()
        log.info("ready", port=service.settings.http_port)
        stopping = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait([serving, stopping, *service.health.tasks], return_when=asyncio.FIRST_COMPLETED)
        for step in service.stopping:
            step()
        server.should_exit = True
        with contextlib.suppress(SystemExit):
            await serving
        stopping.cancel()
        log.info("stopping")
        return 0 if stopping in ended else 1
