"""Which disturbances can make what appear twice, and when."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from semaine.faults import members
from semaine.faults.disturbances import Disturbance
from shared.contracts.topics import Service

_AFTERMATH = timedelta(seconds=60)
"""How long after its end a fault may still make a publisher repeat itself."""
_MARGIN = timedelta(seconds=10)
"""From a receiver's yes to the sender's writing it down, on a busy machine."""
IN_FLIGHT = {"mail": 40, "partner": 32}
"""
What one process can have under way with a receiver: taken there, not written down here.

Mails: eight connections, each with one on its way and four that wait to be written down. Webhooks: one round, four for
each of eight connections.
"""
_GIVEN_UP = timedelta(seconds=5)
"""How long a send is tried: as often as this fits into a fault, others are in flight."""
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
    return any(_near(each, first) for each in disturbances if repetitions(each, receiver=receiver))


def beyond_flight(firsts: Iterable[datetime], *, receiver: str, disturbances: Sequence[Disturbance]) -> list[datetime]:
    """
    Of what `receiver` took at these times and then again, what is more than the faults near it caught in flight.

    Each is laid to the fault near it that is over first and has not had its number yet, which leaves the least.
    """
    by_end = sorted(disturbances, key=lambda each: each.healed)
    room = [repetitions(each, receiver=receiver) for each in by_end]
    beyond = []
    for first in sorted(firsts):
        place = next((number for number, each in enumerate(by_end) if room[number] and _near(each, first)), None)
        if place is None:
            beyond.append(first)
        else:
            room[place] -= 1
    return beyond


def repetitions(disturbance: Disturbance, *, receiver: str) -> int:
    """
    How many sends at most this disturbance can have caught in flight.

    A kill catches those of one moment. What lasts catches some as it begins and as it ends, and others each time that
    what was under way has been given up meanwhile.
    """
    if not concerns(disturbance, service="notifications", servers={"postgresql", receiver}):
        return 0
    senders = sum(members.service_of(target) == "notifications" for target in disturbance.targets)
    moments = 1 if disturbance.kind == "kill" else 2 + (disturbance.healed - disturbance.begun) // _GIVEN_UP
    return (senders or len(members.REPLICAS)) * IN_FLIGHT[receiver] * moments


def _near(disturbance: Disturbance, at: datetime) -> bool:
    return disturbance.begun - _MARGIN <= at <= disturbance.healed + _MARGIN
