"""The whole course of the ledger test: write under faults, heal, come to rest, judge."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx

from semaine.failure import Failure
from semaine.faults.cluster import Cluster, Command, cluster, plain
from semaine.faults.ledger import Ledger
from semaine.faults.nemesis.fault import Fault
from semaine.faults.nemesis.run import Nemesis
from semaine.faults.patience import patiently
from semaine.faults.report import Report
from semaine.faults.verdict import come_to_rest, judge
from semaine.faults.writers import Writers
from semaine.faults.writers.requests import Token
from semaine.settling import NotSettledError
from semaine.system.system import System
from shared.runtime.tokens import Caller, Role, read_key, sign

_EDITION = "faults"
_STAFF = "faults"
_TOKEN_AGE = timedelta(hours=1)
"""Older than any clock is wrong."""
_TOKEN_LIFETIME = timedelta(hours=25)
_START_SECONDS = 300.0
_HEAL_SECONDS = 300.0
_FINISH_SECONDS = 300.0
_REST_SECONDS = 300.0
_ASK_SECONDS = 120.0
_LOOK_SECONDS = 0.5
_SHOW_SECONDS = 5.0

Tell = Callable[[str], None]


class NotStartedError(Failure):
    """The system to be disturbed did not come up undisturbed."""


async def _nothing(_running: Cluster) -> None:
    pass


async def run(
    report: Report,
    *,
    faults: Sequence[Fault],
    command: Command = plain,
    patience: float = _REST_SECONDS,
    tell: Tell,
    show: Tell,
    finished: Callable[[Cluster], Awaitable[None]] = _nothing,
) -> None:
    """
    Fill in the report of one run under these faults, on a system of its own that is deleted at the end.

    `patience`: seconds without progress after which what is still on its way counts as hung. `tell` gets lines that
    stay, `show` the state of things. `finished` is called while the system still runs. Raises `Failure` if it could
    not begin.
    """
    async with cluster(seed=report.seed, command=command, tell=tell) as running:
        if missing := await _until_ready(running, seconds=_START_SECONDS):
            raise NotStartedError(f"not ready after {_START_SECONDS:.0f} s: {missing}")
        token = _tokens(running.system)
        public_url, ledger = running.system.public_url, Ledger(seed=report.seed)
        writers = Writers(public_url=public_url, token=token, edition_id=_EDITION, ledger=ledger, seed=report.seed)
        try:
            await running.endpoint.register(public_url=public_url, staff=token("staff", _STAFF))
            await writers.prepare()
        except httpx.HTTPError as error:
            raise NotStartedError(f"the writers could not begin: {error!r}") from error
        tell("Writing under faults")
        nemesis = Nemesis(running, tell=tell)
        showing = asyncio.create_task(_show(ledger, nemesis, show))
        try:
            await _disturb(report, running, writers, nemesis, faults, tell=tell)
            report.operations = ledger.figures()
            report.disturbances, report.missed = sorted(nemesis.done, key=lambda done: done.number), nemesis.missed
            await _judge(report, running, ledger, patience=patience, tell=tell)
        finally:
            report.deaths = running.keeper.deaths
            showing.cancel()
        await finished(running)


async def _disturb(
    report: Report, running: Cluster, writers: Writers, nemesis: Nemesis, faults: Sequence[Fault], *, tell: Tell
) -> None:
    """Write while faults come; then heal, and let the writers learn what they do not know yet."""
    stop = asyncio.Event()
    writing = asyncio.create_task(writers.run(stop))
    try:
        ends = time.monotonic() + report.minutes * 60
        await nemesis.run(faults)
        await asyncio.sleep(ends - time.monotonic())
        tell("Everything is healed; waiting for the services to be ready")
        if missing := await _until_ready(running, seconds=_HEAL_SECONDS):
            report.hung.append(f"not ready {_HEAL_SECONDS:.0f} s after all was healed: {missing}")
        await patiently(lambda: _partner_is_back(running), seconds=_ASK_SECONDS)
        stop.set()
        tell("The writers learn what they do not know yet")
        try:
            async with asyncio.timeout(_FINISH_SECONDS):
                await writing
        except TimeoutError:
            report.hung.append(f"operations still unanswered {_FINISH_SECONDS:.0f} s after all was healed")
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def _partner_is_back(running: Cluster) -> None:
    token = _tokens(running.system)
    await running.endpoint.is_back(public_url=running.system.public_url, staff=token("staff", _STAFF))


async def _judge(report: Report, running: Cluster, ledger: Ledger, *, patience: float, tell: Tell) -> None:
    tell("Coming to rest")
    begun = time.monotonic()
    urls, bootstrap_servers = running.database_urls, running.system.bootstrap_servers
    try:
        await patiently(
            lambda: come_to_rest(database_urls=urls, bootstrap_servers=bootstrap_servers, patience=patience),
            seconds=_ASK_SECONDS,
        )
    except NotSettledError as error:
        report.hung.append(str(error))
    report.settle_seconds = time.monotonic() - begun
    tell("Comparing the ledger with everything")
    report.violations = await patiently(
        lambda: judge(
            ledger=ledger,
            database_urls=urls,
            bootstrap_servers=bootstrap_servers,
            mail_url=running.system.mail_url,
            received=running.endpoint.received(),
            disturbances=report.disturbances,
            figures=report.compared,
        ),
        seconds=_ASK_SECONDS,
    )


async def _until_ready(running: Cluster, *, seconds: float) -> str:
    """Wait until everything is ready; what is not after so long, empty if all is well."""
    deadline = time.monotonic() + seconds
    while missing := await running.keeper.missing():
        if time.monotonic() > deadline:
            return "; ".join(f"{name}: {why}" for name, why in missing.items())
        await asyncio.sleep(_LOOK_SECONDS)
    return ""


async def _show(ledger: Ledger, nemesis: Nemesis, show: Tell) -> None:
    while True:
        figures = ", ".join(f"{count} {name}" for name, count in ledger.figures().items())
        show(f"{len(nemesis.done)} faults healed · {figures}")
        await asyncio.sleep(_SHOW_SECONDS)


def _tokens(system: System) -> Token:
    """Signs a token for each caller once."""
    key = read_key(system.folder.private_key)

    @cache
    def token(role: Role, subject: str) -> dict[str, str]:
        begun = datetime.now(UTC) - _TOKEN_AGE
        signed = sign(key=key, caller=Caller(role, subject), now=begun, lifetime=_TOKEN_LIFETIME)
        return {"Authorization": f"Bearer {signed}"}

    return token
