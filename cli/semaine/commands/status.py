"""`semaine status`: what runs and how it is."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from semaine.commands.options import DATA, AsJson, Data

if TYPE_CHECKING:
    from semaine.system.overview import Overview

NOT_WELL = 1
NOT_RUNNING = 3


def status(data: Data = DATA, as_json: AsJson = False) -> None:  # noqa: FBT002 - an option
    """Show what runs. Exit code 0: all is well; 1: something is not; 3: nothing runs."""
    import asyncio
    import json
    from dataclasses import asdict

    from semaine.system.data_folder import DataFolder
    from semaine.system.overview import look

    overview = asyncio.run(look(DataFolder(data)))
    if as_json:
        print(json.dumps(asdict(overview) | {"well": overview.well}))
    else:
        _show(overview, data)
    raise typer.Exit(NOT_RUNNING if overview.state == "stopped" else 0 if overview.well else NOT_WELL)


def _show(overview: "Overview", data: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    if overview.state == "stopped":
        print(f"Nothing runs in {data.resolve()}")
        return
    if overview.state == "left behind":
        print("The supervisor was killed; these it left behind: `semaine up` or `semaine down` stops them.")
    table = Table("Part", "PID", "Since", "Peak MB", "State")
    for part in overview.parts:
        since = "" if part.seconds is None else f"{part.seconds:.0f} s"
        memory = "" if part.peak_rss_mb is None else f"{part.peak_rss_mb:.0f}"
        table.add_row(part.name, str(part.pid), since, memory, part.missing or "ready")
    Console(highlight=False).print(table)
    print(f"Gateway: {overview.addresses['public_url']}   Mails: {overview.addresses['mail_url']}")
