"""The four services as processes: their environment, and how to start them."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping

from semaine.system import probe
from semaine.system.ports import HOST
from semaine.system.process import Layer, Program
from semaine.system.processes import together
from semaine.system.system import System
from shared.contracts.topics import Service

PREFIX = "SEMAINE_"
_PATIENCE_SECONDS = 600
"""A service that has been away for long is ready once it has caught up."""
Settings = Mapping[Service, Mapping[str, str]]
"""By service: environment variables (SEMAINE_…) beyond those that the system sets."""


async def start(system: System, names: Iterable[Service], *, settings: Settings, tell: Callable[[str], None]) -> None:
    """Start them at once; return when all are ready. Raises `StartError`."""

    async def start_one(service: Service) -> None:
        await system.processes.start(program(system, service, settings=settings.get(service, {})))
        tell(f"{service} is ready")

    await together(*map(start_one, names))


def program(system: System, service: Service, *, settings: Mapping[str, str]) -> Program:
    """How to run a service of this system."""
    port = system.ports[service]
    return Program(
        name=service,
        command=[sys.executable, "-m", service],
        folder=system.folder.root,
        layer=Layer.SERVICE,
        log=system.folder.log(service),
        environment=inherited() | environment(system, service) | dict(settings),
        missing=lambda: probe.missing(port, "/health/ready"),
        patience=_PATIENCE_SECONDS,
    )


def environment(system: System, service: Service) -> dict[str, str]:
    """The settings of a service in this system."""
    common = {
        "DATABASE_URL": system.database_url(service, password=False),
        "DATABASE_PASSWORD_FILE": str(system.folder.password_file(service)),
        "KAFKA_BOOTSTRAP_SERVERS": system.bootstrap_servers,
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(system.ports[service]),
        "PUBLIC_URL": system.public_url,
        "TOKEN_PUBLIC_KEY_FILE": str(system.folder.public_key),
        "LOG_FORMAT": "text",
    }
    own: dict[Service, dict[str, str]] = {
        "registration": {"TOKEN_PRIVATE_KEY_FILE": str(system.folder.private_key)},
        "notifications": {
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(system.ports["smtp"]),
            "WEBHOOK_ALLOW_PRIVATE": "true",
        },
    }
    named = {f"{PREFIX}{name}": value for name, value in (common | own.get(service, {})).items()}
    return named | dict(system.settings)


def inherited() -> dict[str, str]:
    """What a child process sees of our environment: nothing that a service would take for a setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
