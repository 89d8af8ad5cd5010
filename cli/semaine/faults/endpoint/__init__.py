"""
A partner's endpoint: a process of its own, so that it can be killed and paused.

    endpoint = Endpoint(port=…, folder=…, seed=…)
    await processes.start(endpoint.program(log=…, environment=…))
    await endpoint.register(public_url=…, staff=token("staff", "faults"))
    endpoint.received()
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from semaine.faults.endpoint.receipts import WebhookReceived, read
from semaine.system import probe
from semaine.system.ports import HOST
from semaine.system.process import Program

__all__ = ["Endpoint", "WebhookReceived"]

NAME = "partner"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Listens on `port`, keeps in `folder` what it acknowledged; `seed` decides which webhooks it first turns away."""

    port: int
    folder: Path
    seed: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/webhooks"

    def program(self, *, log: Path, environment: Mapping[str, str]) -> Program:
        """How to run it. It keeps what it acknowledged when it is killed and started again."""
        return Program(
            name=NAME,
            command=[
                sys.executable,
                *("-m", "semaine.faults.endpoint"),
                *("--port", str(self.port)),
                *("--file", self._receipts),
                *("--secret-file", self._secret),
                *("--seed", str(self.seed)),
            ],
            folder=self.folder,
            log=log,
            environment=environment,
            missing=self._missing,
        )

    async def register(self, *, public_url: str, staff: Mapping[str, str]) -> None:
        """Have itself told of everything. `staff`: headers of a staff token."""
        async with httpx.AsyncClient(base_url=public_url, headers=dict(staff), timeout=30, trust_env=False) as client:
            answer = await client.post("/v1/partners", json={"name": "Faults", "url": self.url})
            partner = answer.raise_for_status().json()
            self._secret.write_text(partner["secret"])
            self._id.write_text(partner["id"])

    async def is_back(self, *, public_url: str, staff: Mapping[str, str]) -> None:
        """Have itself switched on, as after an outage: else it is left alone for hours when it was away too often."""
        async with httpx.AsyncClient(base_url=public_url, headers=dict(staff), timeout=30, trust_env=False) as client:
            answer = await client.patch(f"/v1/partners/{self._id.read_text()}", json={"enabled": True})
            answer.raise_for_status()

    def received(self) -> list[WebhookReceived]:
        """What it acknowledged, and what came with a wrong signature, in order."""
        return read(self._receipts)

    @property
    def _receipts(self) -> Path:
        return self.folder / "webhooks.jsonl"

    @property
    def _id(self) -> Path:
        return self.folder / "webhooks.id"

    @property
    def _secret(self) -> Path:
        return self.folder / "webhooks.secret"

    async def _missing(self) -> str | None:
        return await probe.missing(self.port, "/health")
