"""The operations over a real database: any order and repetition of a history gives the same rows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.topics import EVENTS, PARTICIPATIONS, Topic
from shared.runtime.decoding import Received
from shared.runtime.identifiers import new_id
from stats import operations
from tests.integration.stats.world import event, guest_list

pytestmark = pytest.mark.servers
IDS = [UUID(int=number) for number in (1, 2, 3)]
OPERATIONS = {EVENTS: operations.record_events, PARTICIPATIONS: operations.record_guest_lists}
_ROWS = "SELECT * FROM events WHERE event_id = ANY($1) ORDER BY event_id"


@dataclass(frozen=True)
class Sent:
    topic: Topic
    message: Received[Any]


def received(topic: Topic, key: UUID, sequence: int, body: Any) -> Sent:
    message = Received(
        id=new_id(), topic=topic.name, key=str(key), sequence=sequence, time=datetime.now(UTC), body=body,
        partition=0, offset=0,
    )  # fmt: skip
    return Sent(topic, message)


EVENT_CHANGES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(("submitted", "labelled", "refused", "withdrawn")),
        "hours": st.lists(st.integers(0, 22), min_size=1, max_size=3).map(tuple),
        "departement": st.sampled_from(("44", "69", None)),
        "themes": st.sampled_from(((), ("recruitment",), ("gender_mix", "recruitment"))),
    }
)
LIST_CHANGES = st.fixed_dictionaries({"announced": st.integers(0, 500), "actual": st.none() | st.integers(0, 500)})


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Sent], list[list[Sent]]]:
    """What was published, and batches of one topic each in which all of it arrives, in any order, some again."""
    history = []
    for id_ in IDS:
        for sequence, change in enumerate(draw(st.lists(EVENT_CHANGES, max_size=3)), start=1):
            history.append(received(EVENTS, id_, sequence, event("rows", id_=id_, **change)))
        for sequence, change in enumerate(draw(st.lists(LIST_CHANGES, max_size=3)), start=1):
            history.append(received(PARTICIPATIONS, id_, sequence, guest_list("rows", id_, **change)))
    again = draw(st.lists(st.sampled_from(history), max_size=5)) if history else []
    arriving = draw(st.permutations(history + again))
    batches: list[list[Sent]] = []
    for topic, group in groupby(arriving, key=lambda sent: sent.topic):
        batch: dict[str, Sent] = {}
        for sent in group:  # as the consumer folds: one message of each key
            if sent.message.key in batch and draw(st.booleans()):
                batches.append(list(batch.values()))
                batch = {}
            if sent.message.key not in batch or batch[sent.message.key].message.sequence < sent.message.sequence:
                batch[sent.message.key] = sent
        batches.append(list(batch.values()))
        assert all(sent.topic is topic for sent in batches[-1])
    return history, batches


async def rows_after(database: asyncpg.Connection, batches: list[list[Sent]]) -> list[asyncpg.Record]:
    transaction = database.transaction()
    await transaction.start()
    try:
        await database.execute("DELETE FROM events WHERE event_id = ANY($1)", IDS)
        for batch in batches:
            await OPERATIONS[batch[0].topic](database, [sent.message for sent in batch])
        return await database.fetch(_ROWS, IDS)
    finally:
        await transaction.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
async def test_any_order_and_repetition_gives_the_same_rows(database: asyncpg.Connection, history_and_batches):
    history, batches = history_and_batches
    in_order = await rows_after(database, [[sent] for sent in history])
    assert await rows_after(database, batches) == in_order
