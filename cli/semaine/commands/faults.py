"""`semaine faults`: the ledger test."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semaine.commands.options import AsJson, check_report

if TYPE_CHECKING:
    from semaine.faults.nemesis.fault import Kind

_COULD_NOT_BEGIN = 2


def faults(  # noqa: PLR0917 - options of a command are given by name
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="How long faults come.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed brings the same faults at the same times.")] = 20201116,
    only: Annotated[
        str | None, typer.Option(metavar="KIND,…", help="Only faults of these kinds.", show_default="every kind")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there, as JSON.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the system running afterwards, until Ctrl-C.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """
    Write to a whole system while everything in it is killed, paused and cut off, then compare it with the truth.

    Starts a throwaway system with two replicas of each service. Writers keep a ledger of what was acknowledged; when
    all faults are healed and nothing is on its way any more, every database, topic, mail and webhook is compared with
    that. Exit code 0: clean; 1: violations, which are named with the messages to follow; 2: it could not begin.
    """
    import asyncio
    import json
    import logging

    from semaine.failure import Failure
    from semaine.faults.cluster import Cluster
    from semaine.faults.nemesis.schedule import schedule
    from semaine.faults.report import Report
    from semaine.faults.run import run
    from semaine.live import LiveLine

    if report is not None:
        check_report(report)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is away is what this is about
    found = Report(seed=seed, minutes=minutes, kinds=_kinds(only))
    line = LiveLine()
    judged = False

    async def finished(running: Cluster) -> None:
        nonlocal judged
        judged = True
        if report is not None:
            report.write_text(json.dumps(found.as_json(), indent=2) + "\n")
        if keep:
            line.tell(found.verdict())
            line.tell(running.addresses())
            line.show("Kept; Ctrl-C stops and deletes it")
            await asyncio.Event().wait()

    try:
        with line:
            planned = schedule(seed=seed, seconds=minutes * 60, kinds=found.kinds)
            asyncio.run(run(found, faults=planned, tell=line.tell, show=line.show, finished=finished))
    except Failure as failure:
        failure.exit_code = _COULD_NOT_BEGIN
        raise
    except KeyboardInterrupt:
        if not judged:
            raise
    if as_json:
        print(json.dumps(found.as_json(), indent=2))
    else:
        from semaine.faults.summary import summary

        print(summary(found))
    raise typer.Exit(0 if found.clean else 1)


def _kinds(only: str | None) -> list["Kind"]:
    from semaine.faults.nemesis.fault import KINDS

    chosen = {kind.strip() for kind in only.split(",")} if only is not None else set[str](KINDS)
    if unknown := chosen.difference(KINDS):
        raise typer.BadParameter(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(KINDS)}")
    return [kind for kind in KINDS if kind in chosen]
