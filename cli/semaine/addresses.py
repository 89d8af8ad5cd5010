"""Where the servers of a system are that somebody else has started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semaine.failure import Failure
from semaine.system.data_folder import DataFolder
from semaine.system.record import Record
from semaine.system.system import KAFKA_BOOTSTRAP_SERVERS, database_url
from shared.contracts.topics import SERVICES, Service


class NotRunningError(Failure):
    """There is no system to look at."""

    exit_code = 3


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Databases as their services' roles, and the broker."""

    database_urls: Mapping[Service, str]
    bootstrap_servers: str


def variable(service: Service) -> str:
    """The environment variable that names a service's database."""
    return f"{service.upper()}_DATABASE_URL"


def addresses(data: Path) -> Addresses:
    """From the environment if it names them all, else of the system that runs in `data`. Raises `NotRunningError`."""
    given = {service: os.environ[variable(service)] for service in SERVICES if os.environ.get(variable(service))}
    bootstrap_servers = os.environ.get(KAFKA_BOOTSTRAP_SERVERS)
    if bootstrap_servers and len(given) == len(SERVICES):
        return Addresses(database_urls=given, bootstrap_servers=bootstrap_servers)
    folder = DataFolder(data)
    record = Record.read(folder.record)
    if record is None or record.supervisor.find() is None:
        names = ", ".join([*map(variable, SERVICES), KAFKA_BOOTSTRAP_SERVERS])
        raise NotRunningError(
            f"nothing runs in {data.resolve()}: start it with `semaine up`, name its folder with --data, "
            f"or say where another system is by {names}"
        )
    admin_url = f"postgres://{record.addresses['database']}".replace("postgres://postgres://", "postgres://")
    return Addresses(
        database_urls={
            service: database_url(admin_url=admin_url, service=service, password=folder.password(service))
            for service in SERVICES
        },
        bootstrap_servers=str(record.addresses["bootstrap_servers"]),
    )
