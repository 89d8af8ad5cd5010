"""Start the servers of a system: PostgreSQL and Kafka, unless they run elsewhere, the mail sink and the gateway."""

from collections.abc import Callable, Iterable, Sequence

from semaine.servers import kafka_jars
from semaine.servers.gateway import Gateway
from semaine.servers.kafka import Kafka, Listener
from semaine.servers.mail_sink import MailSink
from semaine.servers.postgresql import PostgreSQL
from semaine.system import databases, topics
from semaine.system.ports import HOST
from semaine.system.processes import together
from semaine.system.services import inherited
from semaine.system.system import System
from shared.contracts.topics import SERVICES

Tell = Callable[[str], None]
"""Takes a line for the user."""


async def start(system: System, *, tell: Tell, listeners: Sequence[Listener] = ()) -> None:
    """
    PostgreSQL and Kafka at once, migrated and provisioned. `listeners`: more of Kafka's, beside the system's own.

    Raises `StartError`, `JarsError`, `DatabaseError`, `TopicsError`.
    """
    await together(_databases(system, tell), _topics(system, tell, listeners))


async def _databases(system: System, tell: Tell) -> None:
    if not system.elsewhere.database_admin_url:
        await _start_postgresql(system)
    await databases.prepare(
        admin_url=system.admin_url, passwords={service: system.folder.password(service) for service in SERVICES}
    )
    tell("PostgreSQL is ready, the databases are migrated")


async def _topics(system: System, tell: Tell, listeners: Sequence[Listener]) -> None:
    if not system.elsewhere.kafka_bootstrap_servers:
        await _start_kafka(system, tell, listeners)
    await topics.provision(bootstrap_servers=system.bootstrap_servers)
    tell("Kafka is ready, the topics are provisioned")


async def _start_postgresql(system: System) -> None:
    server = PostgreSQL(
        folder=system.folder.postgresql,
        port=system.ports["postgresql"],
        password=system.folder.password("postgres"),
    )
    await server.create()
    await system.processes.start(server.program(log=system.folder.log("postgresql")))


async def _start_kafka(system: System, tell: Tell, listeners: Sequence[Listener]) -> None:
    class_path = await kafka_jars.class_path(cache=kafka_jars.cache_folder(), tell=tell)
    server = Kafka(
        folder=system.folder.kafka,
        port=system.ports["kafka"],
        controller_port=system.ports["kafka_controller"],
        class_path=class_path,
        listeners=listeners,
    )
    await server.create()
    await system.processes.start(server.program(log=system.folder.log("kafka")))


async def start_mail_sink(system: System, *, tell: Tell) -> None:
    """Raises `StartError`."""
    server = MailSink(mails=system.folder.mails, smtp_port=system.ports["smtp"], http_port=system.ports["mail"])
    await system.processes.start(server.program(log=system.folder.log("mail_sink"), environment=inherited()))
    tell("The mail sink is ready")


async def start_gateway(system: System, *, tell: Tell) -> None:
    """Raises `StartError`."""
    server = Gateway(
        folder=system.folder.gateway,
        port=system.ports["gateway"],
        upstreams={service: f"{HOST}:{system.ports[service]}" for service in SERVICES},
    )
    await system.processes.start(server.program(log=system.folder.log("gateway"), environment=inherited()))
    tell("The gateway is ready")


def needed_ports(system: System) -> Iterable[str]:
    """The parts of this system that will listen here."""
    elsewhere = {
        "postgresql": system.elsewhere.database_admin_url,
        "kafka": system.elsewhere.kafka_bootstrap_servers,
        "kafka_controller": system.elsewhere.kafka_bootstrap_servers,
    }
    return [name for name in system.ports if not elsewhere.get(name)]
