"""`semaine rehearse`: the main job as one command."""

from pathlib import Path
from typing import Annotated

import typer

from semaine.commands.options import AsJson, check_report


def rehearse(  # noqa: PLR0917 - options of a command are given by name
    events: Annotated[int, typer.Option(min=1, max=100_000, help="How many events are submitted.")] = 200,
    participations: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many people sign up.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed generates the same edition.")] = 2020,
    postpone: Annotated[  # noqa: FBT002
        bool, typer.Option("--postpone", help="Then postpone the edition to 16–22 November 2020, and tell everyone.")
    ] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there, as JSON.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the system running afterwards, until Ctrl-C.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """
    Run a whole edition through a throwaway system, and audit it.

    Starts real servers and services on free ports, imports a generated edition through the public HTTP API, waits
    until nothing is on its way, compares every consequence with the truth. Exit code 0: the audit is clean;
    1: it found differences, which the report names.
    """
    import asyncio
    import json

    from semaine.failure import Failure
    from semaine.generation import Profile, TooFewPlacesError
    from semaine.live import LiveLine
    from semaine.rehearsal.programme import ApiError
    from semaine.rehearsal.rehearse import rehearse as run
    from semaine.rehearsal.report import Report
    from semaine.system.system import System

    if report is not None:
        check_report(report)
    line = LiveLine()
    reports: list[Report] = []

    async def finished(found: Report, system: System) -> None:
        reports.append(found)
        if report is not None:
            report.write_text(json.dumps(found.as_json(), indent=2) + "\n")
        if keep:
            line.show(f"Kept at {system.public_url}, mails at {system.mail_url}; Ctrl-C stops and deletes it")
            await asyncio.Event().wait()

    try:
        with line:
            asyncio.run(
                run(
                    Profile(events=events, people=participations, seed=seed),
                    postponed=postpone,
                    tell=line.tell,
                    show=lambda progress: line.show(progress.sentence()),
                    finished=finished,
                )
            )
    except (ApiError, TooFewPlacesError) as error:
        raise Failure(str(error)) from error
    except KeyboardInterrupt:
        if not reports:
            raise
    if as_json:
        print(json.dumps(reports[0].as_json(), indent=2))
    else:
        _print(reports[0])
    raise typer.Exit(0 if reports[0].clean else 1)


def _print(report: object) -> None:
    from semaine.rehearsal.report import Report
    from semaine.rehearsal.summary import summary

    assert isinstance(report, Report)
    from rich.console import Console

    Console(highlight=False).print(summary(report))
