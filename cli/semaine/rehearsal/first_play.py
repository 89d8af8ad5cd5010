"""What a system shows of itself the first time it comes up: a small edition, played and audited."""

import httpx

from semaine.audit.audit import audit
from semaine.failure import Failure
from semaine.generation import SMALL
from semaine.live import LiveLine
from semaine.rehearsal.play import play, stage
from semaine.rehearsal.programme import ApiError
from semaine.rehearsal.rehearse import rejected
from semaine.rehearsal.report import Report
from semaine.system.system import System
from shared.contracts.topics import SERVICES

_PATIENCE_SECONDS = 60


class NotPlayedError(Failure):
    """The first edition has not been played to its end. Playing it again adds what is missing, nothing twice."""


async def play_first(system: System) -> Report | None:
    """
    Play the small edition through the public HTTP API, with progress on standard error, unless that has been done.

    What was done is written down in the data folder. Raises `NotPlayedError`.
    """
    if system.folder.played.exists():
        return None
    try:
        with LiveLine() as line:
            line.tell(f"The first time: playing an edition of {SMALL.events} events and {SMALL.people:,} people")
            async with stage(system, tell=lambda progress: line.show(progress.sentence())) as on:
                report = await play(on, SMALL, patience=_PATIENCE_SECONDS)
            line.show("Auditing")
            report.audited([
                *await audit(
                    database_urls={service: system.database_url(service) for service in SERVICES},
                    bootstrap_servers=system.bootstrap_servers,
                ),
                *rejected(report),
            ])  # fmt: skip
    except (ApiError, Failure, httpx.HTTPError) as error:
        raise NotPlayedError(f"the first edition was not played to its end: {error!s}") from error
    system.folder.played.touch()
    return report
