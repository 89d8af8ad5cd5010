"""A rehearsal: a throwaway system, a whole edition, an audit."""

from collections.abc import Awaitable, Callable

import httpx

from semaine.audit.audit import audit
from semaine.audit.differences import Difference
from semaine.generation import Profile
from semaine.rehearsal.endpoint import Endpoint
from semaine.rehearsal.play import play, stage
from semaine.rehearsal.postponement import postpone
from semaine.rehearsal.progress import Progress
from semaine.rehearsal.report import Report
from semaine.system import ports
from semaine.system.system import System
from semaine.system.throwaway import throwaway_system
from shared.contracts.topics import SERVICES

_PATIENCE_SECONDS = 60


async def rehearse(
    profile: Profile,
    *,
    postponed: bool = False,
    tell: Callable[[str], None],
    show: Callable[[Progress], None],
    finished: Callable[[Report, System], Awaitable[None]],
) -> None:
    """
    Run the main job once, postpone the edition if asked, and audit it.

    `finished` is awaited before the system is stopped and deleted.
    """
    async with throwaway_system(services=SERVICES, tell=tell) as system:
        await finished(await rehearse_on(system, profile, postponed=postponed, show=show), system)


async def rehearse_on(
    system: System, profile: Profile, *, postponed: bool = False, show: Callable[[Progress], None]
) -> Report:
    """Play the edition on a fresh system with a partner's endpoint, postpone it if asked, then audit."""
    async with stage(system, tell=show) as on, Endpoint(port=ports.free()["gateway"]) as endpoint:
        partner = await on.programme.register_partner(name="Rehearsal", url=endpoint.url)
        endpoint.expect(secret=partner["secret"])
        report = await play(on, profile, patience=_PATIENCE_SECONDS)
        if postponed:
            report.postponement = await postpone(on, system, edition=profile.edition()["id"])
            report.emails += report.postponement.emails
            report.webhooks += report.postponement.webhooks
        report.audited([
            *await audit(
                database_urls={service: system.database_url(service) for service in SERVICES},
                bootstrap_servers=system.bootstrap_servers,
            ),
            *await _arrivals(system, endpoint, report),
            *rejected(report),
        ])  # fmt: skip
    report.peak_rss_mb = system.processes.peak_rss_mb()
    return report


async def _arrivals(system: System, endpoint: Endpoint, report: Report) -> list[Difference]:
    """What arrived outside, by id, against what counts as sent."""
    async with httpx.AsyncClient() as client:
        mails = (await client.get(f"{system.mail_url}/api/count")).raise_for_status().json()
    webhooks = endpoint.received
    return [
        *_compare("mail sink", sent=report.emails, arrived=mails["messages"], different=mails["message_ids"]),
        *_compare("partner's endpoint", sent=report.webhooks, arrived=webhooks.total(), different=len(webhooks)),
    ]


def _compare(where: str, *, sent: int, arrived: int, different: int) -> list[Difference]:
    found = []
    if different < sent:
        found.append(Difference(kind="lost", where=where, key="all", detail=f"{sent} sent, {different} arrived"))
    if arrived > sent:
        detail = f"{sent} sent, {arrived} arrived with {different} different ids"
        found.append(Difference(kind="double", where=where, key="all", detail=detail))
    return found


def rejected(report: Report) -> list[Difference]:
    if not report.rejected:
        return []
    return [
        Difference(kind="lost", where="imports", key="all", detail=f"{report.rejected} generated rows were refused")
    ]
