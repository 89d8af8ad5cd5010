"""Kafka subscriptions."""

from collections.abc import Sequence
from datetime import UTC, datetime

from labelling.decisions import operations
from shared.contracts import topics
from shared.contracts.registration import EditionMessage, EventMessage
from shared.runtime.consumer import Consumers
from shared.runtime.database import Connection
from shared.runtime.decoding import Received


def subscribe(consumers: Consumers) -> None:
    consumers.states(topics.EDITIONS, _editions)
    consumers.states(topics.EVENTS, _events)


async def _editions(connection: Connection, received: Sequence[Received[EditionMessage]]) -> None:
    await operations.take_in_editions(connection, received, now=datetime.now(UTC))


async def _events(connection: Connection, received: Sequence[Received[EventMessage]]) -> None:
    await operations.take_in_events(connection, received, now=datetime.now(UTC))
