"""Reading topics beside the service under test, and sparing it what is not of its test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.contracts.topics import Service, Topic
from shared.runtime.consumer import group_id

_SESSION_SECONDS = 30


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


async def skip_what_is_there(bootstrap_servers: str, topic: Topic, *, service: Service) -> None:
    """
    Let a service begin behind what other tests have sent: thousands of messages that it would refuse.

    The service does not run; one that was killed keeps its group for as long as its session.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=group_id(service, topic), enable_auto_commit=False
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        async with asyncio.timeout(_SESSION_SECONDS):
            while True:
                try:
                    return await consumer.commit(ends)
                except CommitFailedError:
                    await asyncio.sleep(0.2)
    finally:
        await consumer.stop()
