"""Start everything a system consists of, in order."""

from collections.abc import Callable, Sequence

from semaine.system import servers, services
from semaine.system.processes import together
from semaine.system.services import Settings
from semaine.system.system import System
from shared.contracts.topics import Service


async def launch(system: System, *, names: Sequence[Service], settings: Settings, tell: Callable[[str], None]) -> None:
    """
    The servers, then the services called `names`; without any, neither gateway nor mail sink.

    Raises `StartError`, `JarsError`, `DatabaseError` or `TopicsError`; what has started by then still runs.
    """
    steps = [servers.start(system, tell=tell)]
    if names:
        steps += [servers.start_mail_sink(system, tell=tell), servers.start_gateway(system, tell=tell)]
    await together(*steps)
    await services.start(system, names, settings=settings, tell=tell)
