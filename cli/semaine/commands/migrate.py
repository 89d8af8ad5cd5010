"""`semaine migrate`: create and migrate the databases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit, urlunsplit

import typer

from semaine.commands.options import DATA, WAIT, Data, Wait
from semaine.failure import Failure

if TYPE_CHECKING:
    from shared.contracts.topics import Service


def migrate(
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="DATABASE_ADMIN_URL",
            help="postgres://user@host:port/postgres, of a role that may create databases; else the system in --data.",
        ),
    ] = None,
    database_password_file: Annotated[
        Path | None,
        typer.Option(
            envvar="DATABASE_ADMIN_PASSWORD_FILE",
            metavar="FILE",
            help="File with that role's password, instead of one in the URL.",
        ),
    ] = None,
    passwords: Annotated[
        Path | None,
        typer.Option(
            envvar="DATABASE_PASSWORDS_FOLDER",
            metavar="FOLDER",
            help="Where the services' database passwords are: registration.password, labelling.password, "
            "notifications.password, stats.password; else made up in --data.",
        ),
    ] = None,
    wait: Wait = WAIT,
    data: Data = DATA,
) -> None:
    """
    Give each service its database and its role, and apply the migrations it lacks.

    Can be repeated at any time. Each role gets the password from its file, so this also changes passwords.
    """
    import asyncio

    from semaine.system import databases
    from semaine.system.running import running
    from semaine.system.waiting import until_answered

    url = _with_password(database_url, database_password_file) if database_url else running(data).admin_url
    secrets = _read(passwords) if passwords else _made_up(data)
    asyncio.run(until_answered(lambda: databases.prepare(admin_url=url, passwords=secrets), seconds=wait))
    print(f"Migrated: {', '.join(secrets)}")


def _with_password(url: str, file: Path | None) -> str:
    """The URL with the password of the file."""
    if file is None:
        return url
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or 'postgres'}:{quote(_secret(file), safe='')}@{place}"))


def _read(folder: Path) -> "dict[Service, str]":
    from shared.contracts.topics import SERVICES

    return {service: _secret(folder / f"{service}.password") for service in SERVICES}


def _made_up(data: Path) -> "dict[Service, str]":
    from semaine.system.data_folder import DataFolder
    from shared.contracts.topics import SERVICES

    folder = DataFolder(data)
    folder.create()
    return {service: folder.password(service) for service in SERVICES}


def _secret(file: Path) -> str:
    try:
        secret = file.read_text().strip()
    except OSError as error:
        raise Failure(f"cannot read the password file {file}: {error.strerror}") from error
    if not secret:
        raise Failure(f"the password file {file} is empty")
    return secret
