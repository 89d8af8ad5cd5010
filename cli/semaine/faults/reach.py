"""Which disturbances can make what appear twice, and when."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from semaine.faults.disturbances import Disturbance
from shared.contracts.topics import Service

_AFTERMATH = timedelta(seconds=60)
"""How long after its end a fault may still make a publisher repeat itself."""
_MARGIN = timedelta(seconds=10)
"""From a receiver's yes to the sender's writing it down, on a busy machine."""
_OF_A_PROCESS = 16
"""Eight connections, and as many outcomes gathered to be written down together: what one process can have under way."""
_OF_A_SERVER = 2 * _OF_A_PROCESS
"""What both replicas can have under way with a receiver."""
_OF_THE_DATABASE = 2 * (200 + _OF_A_PROCESS)
"""All that both replicas have claimed, when nothing can be written down until leases have run out."""
_LINK = "link:"


def concerns(disturbance: Disturbance, *, service: Service, servers: AbstractSet[str]) -> bool:
    """Whether it touches the processes of a service, one of these servers, or the service's way to one of them."""
    links = {target.removeprefix(_LINK) for target in disturbance.targets if target.startswith(_LINK)}
    parts = {target.partition("-")[0] for target in disturbance.targets if not target.startswith(_LINK)}
    if links:
        return bool(links & servers) and (not parts or service in parts)
    return bool(parts & (servers | {service}))


def repeats_publisher(disturbances: Iterable[Disturbance], *, service: Service, at: datetime) -> bool:
    """Whether a record of this service that the broker took at this time may be a repetition."""
    return any(
        concerns(each, service=service, servers={"kafka", "postgresql"})
        and each.begun - _MARGIN <= at <= each.healed + _AFTERMATH
        for each in disturbances
    )


def repeats_delivery(disturbances: Iterable[Disturbance], *, receiver: str, first: datetime) -> bool:
    """
    Whether what `receiver` (`mail` or `partner`) took at this time may come again.

    It does when its yes was lost on the way, or could not be written down: so what counts is when it came first. It
    comes again as late as leases and retries want.
    """
    return any(
        repetitions(each, receiver=receiver) and each.begun - _MARGIN <= first <= each.healed + _MARGIN
        for each in disturbances
    )


def repetitions(disturbance: Disturbance, *, receiver: str) -> int:
    """How many sends at most this disturbance can have caught in flight."""
    if not concerns(disturbance, service="notifications", servers={"postgresql", receiver}):
        return 0
    told = " ".join(disturbance.targets)
    if "postgresql" in told:
        return _OF_THE_DATABASE
    return _OF_A_SERVER if receiver in told else _OF_A_PROCESS * len(disturbance.targets)
