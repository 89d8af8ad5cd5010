"""A plain consumer beside the one under test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord


@asynccontextmanager
async def reading(bootstrap_servers: str, *topics: str, take: Callable[[ConsumerRecord], None]) -> AsyncIterator[None]:
    """
    Hand each record that comes from now on to `take`.

    Tests share servers: what is there already is not of this test, and may be bad on purpose.

    Raises what `take` raised, at the end.
    """
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap_servers)
    await consumer.start()
    await consumer.seek_to_end()

    async def read() -> None:
        async for record in consumer:
            take(record)

    reader = asyncio.create_task(read())
    try:
        yield
    finally:
        if not reader.done():
            reader.cancel()
        await asyncio.wait([reader])
        await consumer.stop()
        if not reader.cancelled():
            reader.result()
