"""Kafka subscriptions."""

from registration.events import operations as events
from shared.contracts import topics
from shared.runtime.consumer import Consumers


def subscribe(consumers: Consumers) -> None:
    consumers.states(topics.DECISIONS, events.learn_decisions)
