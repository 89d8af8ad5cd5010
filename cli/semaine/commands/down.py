"""`semaine down`: stop a system that runs in another terminal."""

from semaine.commands.options import DATA, Data


def down(data: Data = DATA) -> None:
    """Stop the system that `semaine up` runs, or what a killed one left behind. The data stays."""
    from semaine.system.data_folder import DataFolder
    from semaine.system.stopping import stop

    print(stop(DataFolder(data)))
