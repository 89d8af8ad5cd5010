"""Use cases of editions."""

from datetime import datetime

from registration.editions import store
from registration.editions.domain import faults
from shared.contracts.registration import EditionMessage, EditionState
from shared.contracts.topics import EDITIONS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem


async def save(connection: Connection, edition: EditionState, *, now: datetime) -> bool:
    """Create or change an edition; answers whether it is new. The same again publishes nothing."""
    found = faults(edition)
    if found:
        raise Problem(422, "The edition contradicts itself", "Correct the fields named.", errors=found)
    before = await store.lock(connection, edition.id)
    if before == edition:
        return False
    sequence = await store.save(connection, edition=edition, now=now)
    body = EditionMessage(change="changed" if before else "created", edition=edition)
    await outbox.publish(
        connection, [outbox.message(topic=EDITIONS, key=edition.id, sequence=sequence, body=body, time=now)]
    )
    return before is None
