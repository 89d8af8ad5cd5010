"""The links of a cluster: one from each replica to each server that it uses."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from semaine.faults import members
from semaine.faults.proxy import Break, Link


class Links:
    """By server and replica. Targets name them as in `semaine.faults.members`."""

    def __init__(self, server_ports: Mapping[tuple[str, str], int]) -> None:
        self._links = {way: Link(server_port=port) for way, port in server_ports.items()}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """All of them listen while the block runs."""
        try:
            for link in self._links.values():
                await link.open()
            yield
        finally:
            for link in self._links.values():
                link.close()

    def port(self, server: str, replica: str) -> int:
        """Where a replica finds a server."""
        return self._links[server, replica].port

    def break_(self, targets: Iterable[str], how: Break) -> None:
        """Break the links that the targets name."""
        for link in self._named(targets):
            link.break_(how)

    def heal(self, targets: Iterable[str]) -> None:
        for link in self._named(targets):
            link.heal()

    def _named(self, targets: Iterable[str]) -> list[Link]:
        server = next(target for target in targets if target in members.LINKS)
        names = [target for target in targets if target != server] or members.users(server)
        return [self._links[server, name] for name in names]
