"""Caddy as the gateway: one URL space, the prefix decides the service, nothing is rewritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semaine.servers.packages import program
from semaine.system import probe
from semaine.system.ports import HOST
from semaine.system.process import Layer, Program
from shared.contracts.topics import Service

NAME = "gateway"
CADDYFILE = Path(__file__).with_name("Caddyfile")


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A gateway on `port`, before the services at `upstreams` (each host:port, several by blanks)."""

    folder: Path
    port: int
    upstreams: Mapping[Service, str]

    def program(self, *, log: Path, environment: Mapping[str, str]) -> Program:
        """How to run it."""
        return Program(
            name=NAME,
            command=[program("caddy"), "run", "--adapter", "caddyfile", "--config", CADDYFILE],
            folder=self.folder,
            layer=Layer.GATEWAY,
            log=log,
            environment={
                **environment,
                "XDG_DATA_HOME": str(self.folder),
                "XDG_CONFIG_HOME": str(self.folder),
                "GATEWAY_ADDRESS": f"http://{HOST}:{self.port}, http://localhost:{self.port}",
                **{f"{name.upper()}_ADDRESS": address for name, address in self.upstreams.items()},
            },
            missing=self._missing,
        )

    async def _missing(self) -> str | None:
        return await probe.missing(self.port, "/gateway/health")
