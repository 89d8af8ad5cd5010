"""Start the servers of a system: PostgreSQL and Kafka, unless they run elsewhere, and the mail sink."""

import asyncio
from collections.abc import Callable

from semaine.servers import kafka_jars
from semaine.servers.kafka import Kafka
from semaine.servers.postgresql import PostgreSQL
from semaine.system.processes import together
from semaine.system.system import System

Tell = Callable[[str], None]


async def start(system: System, *, tell: Tell) -> None:
    """Start them at once and return when all answer. Raises `StartError`, `JarsError`."""
    steps = []
    if not system.elsewhere.database_admin_url:
        steps.append(_start_postgresql(system, tell))
    if not system.elsewhere.kafka_bootstrap_servers:
        steps.append(_start_kafka(system, tell))
    await together(*steps)


async def _start_postgresql(system: System, tell: Tell) -> None:
    server = PostgreSQL(
        folder=system.folder.postgresql,
        port=system.ports["postgresql"],
        password=system.folder.password("postgres"),
    )
    await server.create()
    await system.processes.start(server.program(log=system.folder.log("postgresql")))
    tell("PostgreSQL is ready")


async def _start_kafka(system: System, tell: Tell) -> None:
    class_path = await asyncio.to_thread(kafka_jars.class_path, cache=kafka_jars.cache_folder(), tell=tell)
    server = Kafka(
        folder=system.folder.kafka,
        port=system.ports["kafka"],
        controller_port=system.ports["kafka_controller"],
        class_path=class_path,
    )
    await server.create()
    await system.processes.start(server.program(log=system.folder.log("kafka")))
    tell("Kafka is ready")
