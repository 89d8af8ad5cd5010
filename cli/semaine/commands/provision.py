"""`semaine provision`: make the broker's topics what the contracts declare."""

from typing import Annotated

import typer

from semaine.commands.options import DATA, WAIT, AsJson, Data, Wait


def provision(
    bootstrap_servers: Annotated[
        str | None,
        typer.Option(
            envvar="KAFKA_BOOTSTRAP_SERVERS", help="host:port, several with commas; else the system in --data."
        ),
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option(min=1, help="Copies of each partition. [default: 3, or as many as there are brokers]"),
    ] = None,
    wait: Wait = WAIT,
    data: Data = DATA,
    as_json: AsJson = False,  # noqa: FBT002 - an option
) -> None:
    """Create the topics, raise their partitions, set their settings. Can be repeated at any time."""
    import asyncio
    import json
    from dataclasses import asdict

    from semaine.system import topics
    from semaine.system.running import running
    from semaine.system.waiting import until_answered

    servers = bootstrap_servers or running(data).bootstrap_servers
    done = asyncio.run(
        until_answered(
            lambda: topics.provision(bootstrap_servers=servers, replication=replication),
            seconds=wait,
        )
    )
    if as_json:
        print(json.dumps(asdict(done)))
    else:
        print(f"Topics: {len(done.created)} created, {len(done.raised)} got more partitions, {len(done.kept)} kept")
