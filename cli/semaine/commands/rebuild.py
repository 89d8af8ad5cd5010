"""`semaine rebuild`: make what a service keeps anew from the topics."""

from typing import Annotated, Literal

import typer

from semaine.commands.options import DATA, AsJson, Data


def rebuild(
    service: Annotated[Literal["stats"], typer.Argument(help="What to rebuild: the rows that are counted.")],
    data: Data = DATA,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Replay the topics of the system that runs in --data, replace the rows by what they say, tell which were wrong.

    The system goes on meanwhile. In containers: docker compose exec stats python -m stats.rebuild
    """
    import subprocess
    import sys

    from semaine.system.running import running
    from semaine.system.services import environment, inherited

    settings = environment(running(data), service)
    command = [sys.executable, "-m", f"{service}.rebuild", *(["--json"] if as_json else [])]
    done = subprocess.run(command, env=inherited() | settings, check=False)  # noqa: S603 - our own program
    raise typer.Exit(done.returncode)
