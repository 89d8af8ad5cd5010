"""Services as their `app.build` makes them, over real and empty databases, fed by hand."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from aiokafka import ConsumerRecord

from shared.contracts.examples import Example
from shared.contracts.topics import BY_NAME, Service, Topic
from shared.runtime import service as runtime
from shared.runtime.tokens import new_key

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"


def record_of(topic: Topic, example: Example, *, offset: int = 0) -> ConsumerRecord[bytes, bytes]:
    """The example as Kafka would deliver it, in partition 0."""
    key = example.key.encode()
    value = None if example.value is None else orjson.dumps(example.value)
    return ConsumerRecord(
        topic=topic.name,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key),
        serialized_value_size=len(value or b""),
        headers=[(name, text.encode()) for name, text in example.headers.items()],
    )


class Fed:
    """A service whose consumers are handed records instead of polling for them."""

    def __init__(self, service: runtime.Service) -> None:
        self.service = service
        self._consumers = {consumer.topic.name: consumer for consumer in service.consumers.topics}

    @property
    def topics(self) -> list[Topic]:
        return [BY_NAME[name] for name in self._consumers]

    async def take(self, topic: Topic, examples: Iterable[Example]) -> None:
        """One batch."""
        records = [record_of(topic, example, offset=number) for number, example in enumerate(examples)]
        await self._consumers[topic.name]._process(records)

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.service.database.reading() as connection:
            return await connection.fetch(query, *arguments)

    async def dead_letters(self) -> list[str]:
        """Topic and reason of each."""
        return [f"{row['topic']}: {row['reason']}" for row in await self.fetch("SELECT * FROM dead_letters")]

    async def published(self) -> Sequence[asyncpg.Record]:
        """What waits in the outbox: topic, key, sequence, value."""
        return await self.fetch("SELECT topic, key, sequence, value FROM outbox ORDER BY id")


async def empty(database_url: str) -> None:
    """Delete all rows of a service's database."""
    connection = await asyncpg.connect(database_url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES)]
        await connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    finally:
        await connection.close()


@asynccontextmanager
async def fed(name: Service, *, database_url: str, folder: Path) -> AsyncIterator[Fed]:
    """The service with an empty database; neither relay nor background tasks run."""
    key = new_key()
    public, private = folder / "public.json", folder / "private.json"
    public.write_text(json.dumps(key.as_dict(private=False)))
    private.write_text(json.dumps(key.as_dict(private=True)))
    settings = import_module(f"{name}.settings").Settings
    values = {
        "database_url": database_url,
        "kafka_bootstrap_servers": "127.0.0.1:9",
        "token_public_key_file": public,
        "token_private_key_file": private,
        "smtp_host": "127.0.0.1",
    }
    known = {field: value for field, value in values.items() if field in settings.model_fields}
    service: runtime.Service = import_module(f"{name}.app").build(settings(**known))
    await service.database.open()
    try:
        await empty(database_url)
        for step in service.prepare:
            await step()
        yield Fed(service)
    finally:
        await service.database.close()
