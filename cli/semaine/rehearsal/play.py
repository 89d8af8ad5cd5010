"""Play a generated edition on a running system through its public HTTP API."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from semaine.backlog import BacklogReader
from semaine.generation import Profile
from semaine.rehearsal.programme import Programme
from semaine.rehearsal.progress import Progress, Watch
from semaine.rehearsal.report import Report
from semaine.settling import settle
from semaine.system.system import System
from shared.contracts.topics import SERVICES
from shared.runtime.tokens import Caller, read_key, sign

_TOKEN_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a play needs: the API and the backlog of one system."""

    programme: Programme
    backlog: BacklogReader
    watch: Watch


@asynccontextmanager
async def stage(system: System, *, tell: Callable[[Progress], None]) -> AsyncIterator[Stage]:
    """Open the API with a staff token, and the backlog, of a running system."""
    token = sign(
        key=read_key(system.folder.private_key),
        caller=Caller("staff", "rehearsal"),
        now=datetime.now(UTC),
        lifetime=_TOKEN_LIFETIME,
    )
    urls = {service: system.database_url(service) for service in SERVICES}
    async with (
        Programme(url=system.public_url, token=token) as programme,
        BacklogReader(database_urls=urls, bootstrap_servers=system.bootstrap_servers) as backlog,
    ):
        yield Stage(programme=programme, backlog=backlog, watch=Watch(programme=programme, backlog=backlog, tell=tell))


async def play(on: Stage, profile: Profile, *, patience: float) -> Report:
    """
    Create the edition, import its events and sign-ups, and wait until all has come to rest.

    `patience`: seconds without any progress after which `NotSettledError` is raised.
    """
    edition = profile.edition()
    events = profile.generate_events()
    lines = profile.generate_participations(events)
    report = Report()
    await on.programme.save_edition(edition)
    async with on.watch.looking(edition=edition["id"]):
        imported = await on.programme.import_events((event.row for event in events), edition=edition["id"])
        report.submitted = imported["created"]
        report.rejected += imported["refused"]
        on.watch.sent(submitted=imported["created"])

        def sent(answer: dict[str, int], people: int) -> None:
            report.messages += answer["created"]
            report.rejected += answer["refused"]
            report.people += people
            on.watch.sent(people=people)

        await on.programme.import_sign_ups(lines, edition=edition["id"], sent=sent)
        imported_at = time.monotonic()
        await settle(on.backlog, patience=patience)
    report.import_seconds = imported_at - report.begun
    report.settle_seconds = time.monotonic() - imported_at
    await on.watch.look(edition=edition["id"])
    by_status = await on.programme.events_by_status(edition=edition["id"])
    report.labelled = by_status.get("labelled", 0)
    report.refused = by_status.get("refused", 0)
    report.in_review = by_status.get("in_review", 0)
    notices = await on.backlog.sent_notices()
    report.emails = notices.get("email", 0)
    report.webhooks = notices.get("webhook", 0)
    return report
