"""The whole system: servers, gateway, mail sink and the four services as processes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from semaine.audit.audit import audit
from semaine.audit.differences import Difference
from semaine.backlog import BacklogReader
from semaine.settling import settle
from semaine.system.system import System
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES
from shared.runtime.tokens import Caller, Role, read_key, sign

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Whole:
    """A running system, seen from outside."""

    system: System
    http: httpx.AsyncClient

    def token(self, role: Role, subject: str, departement: str | None = None) -> dict[str, str]:
        """Headers of a caller."""
        caller = Caller(role, subject, (departement,) if departement else ())
        key = read_key(self.system.folder.private_key)
        token = sign(key=key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    @property
    def staff(self) -> dict[str, str]:
        return self.token("staff", "committee")

    async def mails(self, *, to: str) -> list[dict[str, Any]]:
        """Mails to an address, newest first, with their contents."""
        async with httpx.AsyncClient(base_url=self.system.mail_url) as client:
            found = (await client.get("/api/messages", params={"to": to})).json()["messages"]
            return [(await client.get(f"/api/messages/{each['id']}")).json() for each in found]

    async def mail(self, *, to: str, subject: str) -> dict[str, Any]:
        """Wait for a mail whose subject contains these words."""

        async def look() -> dict[str, Any] | None:
            return next((mail for mail in await self.mails(to=to) if subject in mail["subject"]), None)

        return await eventually(look)

    async def counters(self, edition: str, **filters: str) -> dict[str, dict[str, dict[str, int]]]:
        """Tallies by dimension and value."""
        response = await self.http.get("/v1/counters", params={"edition": edition, **filters})
        assert response.status_code == 200, response.text
        return {
            dimension: {tally["value"]: tally for tally in tallies}
            for dimension, tallies in response.json()["counters"].items()
        }

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        async with BacklogReader(**self._servers) as backlog:
            await settle(backlog, patience=PATIENCE_SECONDS)

    async def differences(self) -> list[Difference]:
        """What the audit finds once nothing is on its way."""
        await self.settle()
        return await audit(**self._servers)

    @property
    def _servers(self) -> dict[str, Any]:
        urls = {service: self.system.database_url(service) for service in SERVICES}
        return {"database_urls": urls, "bootstrap_servers": self.system.bootstrap_servers}


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, as soon as it finds something; fails after half a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := await look()):
        assert time.monotonic() < deadline, "it has not come"
        await asyncio.sleep(0.05)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole(elsewhere):
    """All services behind the gateway. Not for the session: servers from elsewhere hold one system at a time."""
    async with (
        throwaway_system(services=SERVICES, elsewhere=elsewhere) as system,
        httpx.AsyncClient(base_url=system.public_url, timeout=60) as client,
    ):
        yield Whole(system, client)


@pytest.fixture(scope="session")
def edition() -> dict[str, Any]:
    """An edition that takes events now."""
    today = datetime.now(UTC).date()

    def window(first: int, last: int) -> dict[str, str]:
        return {
            "first_day": (today + timedelta(days=first)).isoformat(),
            "last_day": (today + timedelta(days=last)).isoformat(),
        }

    return {
        "number": 17,
        "name": {"fr": "Semaine de l'Industrie", "en": "Industry Week"},
        "dates": window(30, 36),
        "label_window": window(16, 50),
        "submission_deadline": (today + timedelta(days=20)).isoformat(),
        "regional_windows": [],
        "status": "open",
    }
