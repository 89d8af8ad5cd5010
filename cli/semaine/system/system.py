"""A system: its folder, its addresses, its processes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

from semaine.system.data_folder import DataFolder
from semaine.system.ports import HOST
from semaine.system.processes import Processes
from shared.contracts.topics import Service

DATABASE_ADMIN_URL = "DATABASE_ADMIN_URL"
KAFKA_BOOTSTRAP_SERVERS = "KAFKA_BOOTSTRAP_SERVERS"


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Servers that run already and are used instead of embedded ones."""

    database_admin_url: str | None = None
    kafka_bootstrap_servers: str | None = None

    @classmethod
    def from_environment(cls) -> "Elsewhere":
        return cls(
            database_admin_url=os.environ.get(DATABASE_ADMIN_URL) or None,
            kafka_bootstrap_servers=os.environ.get(KAFKA_BOOTSTRAP_SERVERS) or None,
        )


@dataclass(frozen=True, kw_only=True)
class System:
    """One whole system, long-lived (`semaine up`) or throwaway (rehearsals, tests). Addresses are on loopback."""

    folder: DataFolder
    ports: Mapping[str, int]
    """By part: see `semaine.system.ports.DEFAULTS`."""
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    settings: Mapping[str, str] = field(default_factory=dict)
    """SEMAINE_… variables of every service in it, beyond what their addresses and keys are."""
    processes: Processes = field(default_factory=Processes, compare=False, repr=False)

    @property
    def admin_url(self) -> str:
        """The URL of PostgreSQL's maintenance database, as administrator."""
        return (
            self.elsewhere.database_admin_url
            or f"postgres://postgres:{self.folder.password('postgres')}@{HOST}:{self.ports['postgresql']}/postgres"
        )

    @property
    def bootstrap_servers(self) -> str:
        """Kafka: host:port, several separated by commas."""
        return self.elsewhere.kafka_bootstrap_servers or f"{HOST}:{self.ports['kafka']}"

    @property
    def public_url(self) -> str:
        """The gateway: the one URL space of all services."""
        return f"http://{HOST}:{self.ports['gateway']}"

    @property
    def mail_url(self) -> str:
        """The mail sink's page and JSON."""
        return f"http://{HOST}:{self.ports['mail']}"

    def service_url(self, service: Service) -> str:
        """A service's own address, for /health, /metrics and /openapi.json."""
        return f"http://{HOST}:{self.ports[service]}"

    def database_url(self, service: Service, *, password: bool = True) -> str:
        """A service's own database, as its own role."""
        return database_url(
            admin_url=self.admin_url, service=service, password=self.folder.password(service) if password else None
        )

    def described(self) -> dict[str, object]:
        """All addresses, without secrets."""
        return {
            "folder": str(self.folder.root),
            "public_url": self.public_url,
            "mail_url": self.mail_url,
            "bootstrap_servers": self.bootstrap_servers,
            "database": urlunsplit(urlsplit(self.admin_url)._replace(netloc=_place(self.admin_url))),
            "ports": dict(self.ports),
            "embedded": {
                "postgresql": not self.elsewhere.database_admin_url,
                "kafka": not self.elsewhere.kafka_bootstrap_servers,
            },
        }


def database_url(*, admin_url: str, service: Service, password: str | None) -> str:
    """The database of a service on the server of `admin_url`."""
    url = urlsplit(admin_url)
    secret = f":{quote(password, safe='')}" if password else ""
    return urlunsplit((url.scheme, f"{service}{secret}@{_place(admin_url)}", f"/{service}", url.query, ""))


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
