"""A throwaway system made to be disturbed: two replicas of each service, and links that can be broken."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from semaine.faults import members
from semaine.faults.endpoint import Endpoint
from semaine.faults.keeper import Keeper
from semaine.faults.links import Links
from semaine.faults.streams import stamp_arrivals
from semaine.servers.gateway import Gateway
from semaine.servers.kafka import Listener
from semaine.servers.mail_sink import MailSink
from semaine.system import ports, servers, services
from semaine.system.ports import HOST
from semaine.system.process import Program
from semaine.system.system import System
from semaine.system.throwaway import empty_system
from shared.contracts.topics import SERVICES, Service

Command = Callable[[Service], Sequence[str]]
"""How to start a service; a mutation starts another one."""
_ALL_REPLICAS = tuple(
    members.replica(service, number) for service in SERVICES for number in (*members.REPLICAS, members.SPARE)
)
_SETTINGS: Mapping[Service, Mapping[str, str]] = {
    "notifications": {
        # Leases that a pause outlives, and retries that a run lives to see.
        "SEMAINE_DELIVERY_LEASE_SECONDS": "12",
        "SEMAINE_SMTP_TIMEOUT_SECONDS": "5",
        "SEMAINE_MAIL_RETRY_SECONDS": "1",
        "SEMAINE_WEBHOOK_RETRY_SECONDS": "0.2",
        "SEMAINE_WEBHOOK_TIMEOUT_SECONDS": "5",
    }
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running system; its addresses lead to the servers directly, past the links."""

    system: System
    links: Links
    keeper: Keeper
    endpoint: Endpoint

    @property
    def database_urls(self) -> dict[Service, str]:
        return {service: self.system.database_url(service) for service in SERVICES}

    def addresses(self) -> str:
        """Where to look at it, a line each."""
        system = self.system
        lines = {"gateway": system.public_url, "mails": system.mail_url, "Kafka": system.bootstrap_servers}
        lines |= {f"database of {service}": url for service, url in self.database_urls.items()}
        return "\n".join(f"{what}: {where}" for what, where in (lines | {"logs": str(system.folder.logs)}).items())


def plain(service: Service) -> Sequence[str]:
    """A service as it is."""
    return [sys.executable, "-m", service]


@asynccontextmanager
async def cluster(*, seed: int, command: Command = plain, tell: Callable[[str], None]) -> AsyncIterator[Cluster]:
    """Everything started, the servers ready; deleted at the end. `seed`: of the partner's endpoint."""
    async with empty_system(tell=tell) as system:
        listening = ports.free(name for name in _ALL_REPLICAS if _has_links(name))
        links = Links(_server_ports(system, listening))
        async with links.opened():
            await servers.start(system, tell=tell, listeners=_listeners(links, listening))
            await stamp_arrivals(bootstrap_servers=system.bootstrap_servers)
            http = ports.free(_ALL_REPLICAS)
            endpoint = Endpoint(port=ports.free(["partner"])["partner"], folder=system.folder.logs, seed=seed)
            programs = [
                *(process.program for process in system.processes.running.values()),
                _mail_sink(system),
                endpoint.program(log=system.folder.log("partner"), environment=services.inherited()),
                *(_service(system, links, name, http[name], command) for name in _ALL_REPLICAS),
                _gateway(system, http),
            ]
            keeper = Keeper(system.processes, programs)
            keeping = asyncio.create_task(keeper.run())
            try:
                for program in programs:
                    if _has_links(program.name):
                        await keeper.start(program.name)
                yield Cluster(system=system, links=links, keeper=keeper, endpoint=endpoint)
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)


def _has_links(name: str) -> bool:
    """Not so for spare replicas, which run for a while only."""
    return not name.endswith(f"-{members.SPARE}")


def _server_ports(system: System, listening: Mapping[str, int]) -> dict[tuple[str, str], int]:
    ways = {("link:kafka", name): listening[name] for name in members.users("link:kafka")}
    ways |= {("link:postgresql", name): system.ports["postgresql"] for name in members.users("link:postgresql")}
    return ways | {("link:mail", name): system.ports["smtp"] for name in members.users("link:mail")}


def _listeners(links: Links, listening: Mapping[str, int]) -> list[Listener]:
    """A way into the broker for each replica: it tells its clients where to come, and that has to be their own link."""
    return [
        Listener(name=name.replace("-", "").upper(), port=port, advertised_port=links.port("link:kafka", name))
        for name, port in listening.items()
    ]


def _service(system: System, links: Links, name: str, http_port: int, command: Command) -> Program:
    """A replica; it sees the system through its own links."""
    service = members.service_of(name)
    assert service is not None
    seen: dict[str, int] = {service: http_port}
    if _has_links(name):
        seen |= {"kafka": links.port("link:kafka", name), "postgresql": links.port("link:postgresql", name)}
        seen |= {"smtp": links.port("link:mail", name)} if service == "notifications" else {}
    view = replace(system, ports={**system.ports, **seen})
    program = services.program(view, service, settings=_SETTINGS.get(service, {}))
    return replace(program, name=name, log=system.folder.log(name), command=command(service))


def shifted(program: Program, *, seconds: float) -> Program:
    """The same service with a clock that is off."""
    executable, dash_m, *rest = program.command
    return replace(program, command=[executable, dash_m, "semaine.faults.shifted", str(seconds), *rest])


def _mail_sink(system: System) -> Program:
    sink = MailSink(mails=system.folder.mails, smtp_port=system.ports["smtp"], http_port=system.ports["mail"])
    program = sink.program(log=system.folder.log("mail"), environment=services.inherited())
    return replace(program, name="mail")


def _gateway(system: System, http: Mapping[str, int]) -> Program:
    upstreams = {
        service: " ".join(f"{HOST}:{http[name]}" for name in members.replicas(service)) for service in SERVICES
    }
    gateway = Gateway(folder=system.folder.gateway, port=system.ports["gateway"], upstreams=upstreams)
    return gateway.program(log=system.folder.log("gateway"), environment=services.inherited())
