"""What the service does: keep the rows that are counted, count them, publish what has changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.contracts.registration import EditionMessage, EventMessage, ParticipationMessage
from shared.contracts.stats import CounterMessage, CounterState, Dimension
from shared.contracts.stats import Tally as PublishedTally
from shared.contracts.topics import COUNTERS
from shared.runtime import outbox
from shared.runtime.consumer import Refused
from shared.runtime.database import Connection
from shared.runtime.decoding import Received
from stats import store
from stats.domain import ANY_EVENT, Edition, Figures, Filters, Tally, changes, counted


async def record_editions(connection: Connection, messages: Sequence[Received[EditionMessage]]) -> None:
    """Learn editions: their number, and which one is open."""
    editions = [message.body.edition for message in messages if message.body]
    _refuse_wrong_keys(messages, [each.id for each in editions])
    await store.record_editions(
        connection,
        editions=[Edition(id=each.id, number=each.number, status=each.status) for each in editions],
        sequences=[message.sequence for message in messages],
    )


async def record_events(connection: Connection, messages: Sequence[Received[EventMessage]]) -> None:
    """Keep the dimensions of each event; its guest list may be known already, or come later."""
    events = [counted(message.body.event, sequence=message.sequence) for message in messages if message.body]
    _refuse_wrong_keys(messages, [str(event.event_id) for event in events])
    await store.record_events(connection, events=events)


async def record_guest_lists(connection: Connection, messages: Sequence[Received[ParticipationMessage]]) -> None:
    """Keep the totals of each guest list; its event may be known already, or come later."""
    lists = [message.body.guest_list for message in messages if message.body]
    _refuse_wrong_keys(messages, [str(each.event_id) for each in lists])
    await store.record_guest_lists(
        connection,
        event_ids=[each.event_id for each in lists],
        sequences=[message.sequence for message in messages],
        announced=[each.announced for each in lists],
        actual=[each.actual for each in lists],
    )


def _refuse_wrong_keys(messages: Sequence[Received[Any]], ids: Sequence[str]) -> None:
    """Sequences are counted by key: under a wrong key, a message would be compared with another's."""
    for message, id_ in zip(messages, ids, strict=True):
        if message.key != id_:
            raise Refused(f"the key is {message.key}, the message is about {id_}: publish it under its own key")


async def figures(connection: Connection, *, edition_id: str, filters: Filters = ANY_EVENT) -> Figures:
    """The tallies of an edition by dimension and value, counted now."""
    return await store.figures(connection, edition_id=edition_id, filters=filters)


async def publish_counters(connection: Connection, *, edition_id: str, now: datetime) -> list[Dimension]:
    """
    Publish the counters of an edition that differ from what was published last; answers their dimensions.

    Counts under the lock, so that of several publishers each change is published by one, and never an older state
    after a newer one.
    """
    sequences, published = await store.lock_counters(connection, edition_id=edition_id)
    current = await figures(connection, edition_id=edition_id)
    messages = []
    changed = list(changes(before=published, after=current))
    for dimension in changed:
        sequence = sequences[dimension] + 1
        await store.save_counter(
            connection, edition_id=edition_id, dimension=dimension, sequence=sequence, tallies=current[dimension]
        )
        messages.append(
            outbox.message(
                topic=COUNTERS,
                key=f"{edition_id}/{dimension}",
                sequence=sequence,
                body=_message(edition_id=edition_id, dimension=dimension, tallies=current[dimension], now=now),
                time=now,
            )
        )
    await outbox.publish(connection, messages)
    return changed


def _message(*, edition_id: str, dimension: Dimension, tallies: Mapping[str, Tally], now: datetime) -> CounterMessage:
    return CounterMessage(
        change="counted",
        counter=CounterState(
            edition_id=edition_id,
            dimension=dimension,
            tallies=tuple(PublishedTally(value=value, **tally._asdict()) for value, tally in tallies.items()),
            as_of=now,
        ),
    )
