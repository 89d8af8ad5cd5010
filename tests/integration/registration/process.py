"""The service as a process of its own: to be killed, and to be measured."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from registration.settings import Settings
from semaine.system.memory import peak
from semaine.system.ports import free
from tests.integration.registration.world import PATIENCE_SECONDS


@dataclass(frozen=True)
class Running:
    """The process and its address."""

    process: asyncio.subprocess.Process
    url: str

    def peak_rss_mb(self) -> float:
        return peak(self.process.pid, family=False) / 1024**2

    async def kill(self) -> None:
        """At once, as a machine fails."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Running]:
    """`python -m registration` with these settings, ready."""
    port = free()["registration"]
    given = settings.model_dump(mode="json", include=settings.model_fields_set) | {"http_port": port}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEMAINE_")}
    environment |= {f"SEMAINE_{name}".upper(): str(value) for name, value in given.items()}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "registration", env=environment)
    running = Running(process, f"http://127.0.0.1:{port}")
    try:
        await _ready(running)
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _ready(running: Running) -> None:
    async with asyncio.timeout(2 * PATIENCE_SECONDS), httpx.AsyncClient(base_url=running.url) as http:
        while True:
            try:
                if (await http.get("/health/ready")).is_success:
                    return
            except httpx.TransportError:
                assert running.process.returncode is None, "the process has ended"
            await asyncio.sleep(0.1)
