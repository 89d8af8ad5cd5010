"""Which topic feeds which operation."""

from shared.contracts.topics import EDITIONS, EVENTS, PARTICIPATIONS
from shared.runtime.consumer import Consumers
from stats import operations


def subscribe(consumers: Consumers) -> None:
    """All three topics tell states: the latest of each key is enough."""
    consumers.states(EDITIONS, operations.record_editions)
    consumers.states(EVENTS, operations.record_events)
    consumers.states(PARTICIPATIONS, operations.record_guest_lists)
