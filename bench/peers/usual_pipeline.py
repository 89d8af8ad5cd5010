"""
The usual way: SQLAlchemy, FastStream handlers message by message, an outbox polled with SKIP LOCKED.

    python -m bench.peers.usual_pipeline write|relay|count --dsn … --bootstrap … --topic …  [--file …] [--messages …]

As the documentation of faststream-outbox shows it (a row and its message in one session; a Kafka publisher stacked on
the outbox subscriber), with the settings that its page on performance names for throughput, and as FastStream's
documentation shows a subscriber with a Pydantic model. Three processes, ten sign-ups at a time.
"""

import argparse
import asyncio
import time
from pathlib import Path

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream_outbox import OutboxBroker, make_outbox_table
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench import signals

_QUEUE = "sign-ups"
_AT_ONCE = 10
_LOOK_SECONDS = 0.05


class Base(DeclarativeBase):
    pass


class SignUp(Base):
    __tablename__ = "sign_ups"
    event: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    people: Mapped[int]
    name: Mapped[str | None]
    email: Mapped[str | None]


class Counter(Base):
    __tablename__ = "counters"
    event: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int]
    people: Mapped[int]


outbox_table = make_outbox_table(Base.metadata, table_name="outbox")


class SignedUp(BaseModel):
    """A line of the import, and the message that tells of it."""

    event: str
    reference: str
    kind: str
    people: int
    name: str | None = None
    email: str | None = None


async def write(engine: AsyncEngine, file: Path) -> None:
    """Each line in a transaction of its own with its message, ten at a time."""
    broker = OutboxBroker(engine, outbox_table=outbox_table)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    await broker.connect()
    lines = iter((await asyncio.to_thread(file.read_bytes)).splitlines())
    signals.ready()
    await asyncio.to_thread(signals.wait_for_harness)

    async def sign_up() -> None:
        while line := next(lines, None):
            new = SignedUp.model_validate_json(line)
            async with sessions() as session, session.begin():
                session.add(SignUp(**new.model_dump()))
                await broker.publish(new.model_dump(), queue=_QUEUE, session=session)

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(sign_up())
    await engine.dispose()
    signals.tell({})


async def relay(engine: AsyncEngine, bootstrap: str, topic: str) -> None:
    """Publish until stopped."""
    broker_outbox = OutboxBroker(engine, outbox_table=outbox_table)
    broker_kafka = KafkaBroker(bootstrap, acks="all")
    publisher_kafka = broker_kafka.publisher(topic)

    @publisher_kafka
    @broker_outbox.subscriber(
        _QUEUE, max_workers=4, fetch_batch_size=100, terminal_flush_batch_size=100, min_fetch_interval=0.05
    )
    async def relay_one(body: dict) -> dict:
        return body

    app = FastStream(broker_outbox, on_startup=[broker_kafka.start], after_startup=[_ready])
    await app.run()


async def count(engine: AsyncEngine, bootstrap: str, topic: str, messages: int) -> None:
    """Add up one message after another until all are counted; tells when that was."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    broker = KafkaBroker(bootstrap)
    app = FastStream(broker, after_startup=[_ready])

    @broker.subscriber(topic, group_id=f"{topic}.count", auto_offset_reset="earliest", ack_policy=AckPolicy.ACK)
    async def count_one(message: SignedUp) -> None:
        new = insert(Counter).values(event=message.event, messages=1, people=message.people)
        add = new.on_conflict_do_update(
            index_elements=[Counter.event],
            set_={"messages": Counter.messages + 1, "people": Counter.people + new.excluded.people},
        )
        async with sessions() as session, session.begin():
            await session.execute(add)

    async def watch() -> dict[str, float]:
        while True:
            async with sessions() as session:
                counted, people = (
                    await session.execute(select(func.sum(Counter.messages), func.sum(Counter.people)))
                ).one()
            if (counted or 0) >= messages:
                app.exit()
                return {"done": time.monotonic(), "messages": int(counted), "people": int(people)}
            await asyncio.sleep(_LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    await app.run()
    signals.tell(await watching)


async def _ready() -> None:
    signals.ready()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("write", "relay", "count"))
    for name in ("--dsn", "--bootstrap", "--topic"):
        parser.add_argument(name, required=True)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--messages", type=int)
    given = parser.parse_args()
    engine = create_async_engine(
        given.dsn.replace("postgres://", "postgresql+asyncpg://", 1), pool_size=_AT_ONCE, max_overflow=0
    )
    if given.part == "write":
        asyncio.run(write(engine, given.file))
    elif given.part == "relay":
        asyncio.run(relay(engine, given.bootstrap, given.topic))
    else:
        asyncio.run(count(engine, given.bootstrap, given.topic, given.messages))


if __name__ == "__main__":
    main()
