"""The names of what can be disturbed: replicas of the services, servers, and the links between them."""

from shared.contracts.topics import SERVICES, Service

REPLICAS = (1, 2)
"""Of each service; the gateway balances over them."""
SPARE = 3
"""A replica that joins for a while. It has no links of its own: it talks to the servers directly."""
SERVERS = ("kafka", "postgresql", "mail", "partner")
LINKS = ("link:kafka", "link:postgresql", "link:mail")
"""All ways to a server; followed by a replica's name among the targets, the way of that replica alone."""


def replica(service: Service, number: int) -> str:
    return f"{service}-{number}"


def service_of(name: str) -> Service | None:
    """The service of a replica; None for anything else."""
    return next((service for service in SERVICES if name.startswith(f"{service}-")), None)


def replicas(service: Service) -> tuple[str, ...]:
    """Those that always run."""
    return tuple(replica(service, number) for number in REPLICAS)


def users(link: str) -> tuple[str, ...]:
    """The replicas that have a way to this server."""
    services: tuple[Service, ...] = ("notifications",) if link == "link:mail" else SERVICES
    return tuple(name for service in services for name in replicas(service))
