"""`semaine up`: run the whole system until it is told to stop."""

from typing import Annotated

import typer

from semaine.commands.options import DATA, Data


def up(
    data: Data = DATA,
    port: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=NUMBER",
            help="Listen elsewhere: gateway, registration, labelling, notifications, stats, mail, smtp, postgresql, "
            "kafka, kafka_controller. Can be given several times.",
        ),
    ] = None,
) -> None:
    """
    Run PostgreSQL, Kafka, the gateway, a mail sink and the four services; Ctrl-C stops them.

    A PostgreSQL or Kafka that runs already is used instead when DATABASE_ADMIN_URL or KAFKA_BOOTSTRAP_SERVERS says
    where it is. SEMAINE_… settings of the services (.env.example) are handed to those that know them.
    """
    import asyncio

    from semaine.system import ports, session

    chosen = {**ports.DEFAULTS, **_read(port or [], known=ports.DEFAULTS)}
    asyncio.run(session.run(data, ports=chosen))


def _read(given: list[str], *, known: dict[str, int]) -> dict[str, int]:
    chosen = {}
    for one in given:
        name, _, number = one.partition("=")
        if name not in known or not number.isdecimal() or not 0 < int(number) < 65536:  # noqa: PLR2004 - the last port
            raise typer.BadParameter(f"{one}: write NAME=NUMBER, with NAME one of {', '.join(known)}")
        chosen[name] = int(number)
    return chosen
