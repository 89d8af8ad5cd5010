"""`semaine reset`: delete a system's data."""

from typing import Annotated

import typer

from semaine.commands.options import DATA, Data


def reset(
    data: Data = DATA,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Delete everything a stopped system keeps: databases, topics, mails, keys, logs."""
    from semaine.failure import Failure
    from semaine.system.data_folder import DataFolder
    from semaine.system.lock import held
    from semaine.system.stopping import clear_up

    folder = DataFolder(data)
    if not folder.lock.exists():
        print(f"There is nothing in {data.resolve()}")
        return
    with held(folder):
        if not yes:
            typer.confirm(f"Delete all data in {data.resolve()}?", abort=True)
        if stopped := clear_up(folder):
            print(f"Stopped what a killed run had left: {', '.join(stopped)}")
        try:
            folder.delete()
        except OSError as error:
            raise Failure(f"cannot delete {error.filename}: {error.strerror}") from error
    print(f"Deleted all data in {data.resolve()}")
