"""One at a time at a letter: Kafka, where letters and what became of them stand, has no locks."""

from uuid import UUID

from shared.runtime.database import Connection


async def hold(connection: Connection, id_: UUID) -> None:
    """Until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('dead letter ' || $1, 0))", str(id_))
