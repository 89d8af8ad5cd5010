"""`semaine token`: sign a token."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from semaine.commands.options import DATA, Data

Role = Literal["staff", "referent", "organiser", "partner"]


def token(  # noqa: PLR0917 - options of a command are given by name
    role: Annotated[Role, typer.Option(help="What the bearer is.")],
    subject: Annotated[str, typer.Option(help="Who the bearer is: an organiser's or partner's id, or a name.")],
    departement: Annotated[
        list[str] | None, typer.Option(help="A referent's département, like 44 or 2A; again for several.")
    ] = None,
    days: Annotated[float, typer.Option(min=0.001, help="How long it is valid.")] = 30,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Private key (JWK); without it, the one in --data.")
    ] = None,
    data: Data = DATA,
) -> None:
    """Print a signed token, for `Authorization: Bearer …`."""
    from datetime import UTC, datetime, timedelta

    from semaine.failure import Failure
    from semaine.system.data_folder import DataFolder
    from shared.runtime.tokens import Caller, read_key, sign

    if (role == "referent") != bool(departement):
        raise typer.BadParameter("--departement goes with --role referent, and with no other role")
    file = key or DataFolder(data).private_key
    try:
        signing_key = read_key(file)
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read the private key {file}: {error}. `semaine up` makes one; or say --key.") from error
    caller = Caller(role=role, subject=subject, departements=tuple(departement or ()))
    print(sign(key=signing_key, caller=caller, now=datetime.now(UTC), lifetime=timedelta(days=days)))
