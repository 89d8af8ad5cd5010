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
