"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path, typer.Option("--data", metavar="FOLDER", help="Where the system keeps everything.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Wait = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for the server to answer.")
]

DATA = Path(".semaine")
WAIT = 30.0


def check_report(report: Path) -> None:
    """Before all that work, rather than after it."""
    import os

    folder = report.resolve().parent
    if report.is_dir() or not os.access(report if report.exists() else folder, os.W_OK):
        raise typer.BadParameter(f"cannot write {report}: name a file in a folder that you may write to")
