"""Use cases of editions."""

from datetime import datetime
from typing import Literal

from registration.editions import store
from registration.editions.domain import faults
from shared.contracts.registration import EditionMessage, EditionState
from shared.contracts.topics import EDITIONS
from shared.runtime import outbox
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem


async def save(connection: Connection, edition: EditionState, *, now: datetime) -> tuple[EditionState, bool]:
    """
    Create or change an edition; answers it as saved, and whether it is new. The same again publishes nothing.

    What was last decided for it (`act`) stays.
    """
    found = faults(edition)
    if found:
        raise Problem(422, "The edition contradicts itself", "Correct the fields named.", errors=found)
    before = await store.lock(connection, edition.id)
    if before is not None:
        edition = edition.model_copy(update={"act": before.act})
    if before == edition:
        return edition, False
    await publish(connection, edition, change="changed" if before else "created", now=now)
    return edition, before is None


async def publish(
    connection: Connection, edition: EditionState, *, change: Literal["created", "changed"], now: datetime
) -> None:
    """Save the edition, which the caller holds, and tell of it."""
    sequence = await store.save(connection, edition=edition, now=now)
    body = EditionMessage(change=change, edition=edition)
    await outbox.publish(
        connection, [outbox.message(topic=EDITIONS, key=edition.id, sequence=sequence, body=body, time=now)]
    )
