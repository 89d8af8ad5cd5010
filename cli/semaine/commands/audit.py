"""`semaine audit`: the proof that nothing was lost and nothing done twice."""

from typing import Annotated

import typer

from semaine.commands.options import DATA, AsJson, Data

PATIENCE = 30.0


def audit(
    data: Data = DATA,
    patience: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Wait for a busy system as long as it moves at all.")
    ] = PATIENCE,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """
    Compare what registration knows with decisions, notices, counters and the catalogue; name every difference.

    Looks at the system that runs in --data, or at the one that REGISTRATION_DATABASE_URL, LABELLING_DATABASE_URL,
    NOTIFICATIONS_DATABASE_URL, STATS_DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS describe. Exit code 0: no difference;
    1: differences; 3: there is no system, or it does not come to rest.
    """
    import asyncio
    import json
    from dataclasses import asdict

    from rich.console import Console

    from semaine.addresses import Addresses, addresses
    from semaine.audit.audit import audit as run
    from semaine.audit.differences import Difference
    from semaine.rehearsal.summary import verdict
    from semaine.settling import settle_at

    async def look(where: Addresses) -> list[Difference]:
        await settle_at(where, patience=patience)
        return await run(database_urls=where.database_urls, bootstrap_servers=where.bootstrap_servers)

    differences = asyncio.run(look(addresses(data)))
    if as_json:
        print(json.dumps({"clean": not differences, "differences": [asdict(each) for each in differences]}, indent=2))
    else:
        Console(highlight=False, soft_wrap=True).print(verdict(differences), markup=False)
    raise typer.Exit(1 if differences else 0)
