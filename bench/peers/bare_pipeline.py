"""
The bare pipeline: asyncpg, aiokafka and orjson, no framework and no validation.

    python -m bench.peers.bare_pipeline write --dsn … --bootstrap … --topic … --file …
    python -m bench.peers.bare_pipeline count --dsn … --bootstrap … --topic … --messages …

`write` copies the lines of a file into a table and into an outbox, and relays that to Kafka in batches, as aiokafka's
documentation shows for sending batches (`create_batch`, `send_batch`); `count` adds people up per event in batches, as
it shows for `getmany`. Nothing is checked: neither that an event exists, nor its capacity, nor that somebody is on the
list already. Each message is a change alone, so every one has to be added up.
"""

import argparse
import asyncio
import time
import zlib
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import asyncpg
import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench import signals

_ROWS = 5_000
_BATCH_BYTES = 512 * 1024
_TABLES = """
DROP TABLE IF EXISTS sign_ups, outbox, counters;
CREATE TABLE sign_ups (
    event text NOT NULL, reference text NOT NULL, kind text NOT NULL, people integer NOT NULL, name text, email text,
    PRIMARY KEY (event, reference)
);
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, value bytea NOT NULL);
CREATE TABLE counters (event text PRIMARY KEY, messages bigint NOT NULL, people bigint NOT NULL);
"""
_READ = "SELECT id, key, value FROM outbox WHERE id > $1 ORDER BY id LIMIT $2"
_DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
_ADD = """
INSERT INTO counters SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
ON CONFLICT (event) DO UPDATE
SET messages = counters.messages + excluded.messages, people = counters.people + excluded.people
"""
_COLUMNS = ("event", "reference", "kind", "people", "name", "email")


async def write(dsn: str, bootstrap: str, topic: str, file: Path) -> None:
    """Store every line and publish it. Tells nothing: the counts do."""
    pool = await asyncpg.create_pool(dsn, min_size=3, max_size=3)
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", compression_type="lz4", max_batch_size=_BATCH_BYTES
    )
    await producer.start()
    signals.ready()
    await asyncio.to_thread(signals.wait_for_harness)
    finished = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_store(pool, file, finished))
        group.create_task(_relay(pool, producer, topic, finished))
    await producer.stop()
    await pool.close()
    signals.tell({})


async def _store(pool: asyncpg.Pool, path: Path, finished: asyncio.Event) -> None:
    with path.open("rb") as file:
        while lines := list(islice(file, _ROWS)):
            rows = [orjson.loads(line) for line in lines]
            async with pool.acquire() as connection, connection.transaction():
                await connection.copy_records_to_table(
                    "sign_ups", columns=_COLUMNS, records=[tuple(map(row.get, _COLUMNS)) for row in rows]
                )
                await connection.copy_records_to_table(
                    "outbox", columns=("key", "value"), records=[(row["event"], orjson.dumps(row)) for row in rows]
                )
    finished.set()


async def _relay(pool: asyncpg.Pool, producer: AIOKafkaProducer, topic: str, finished: asyncio.Event) -> None:
    """One writer, so ids commit in order; two batches on their way at a time."""
    partitions = len(await producer.partitions_for(topic))
    last = 0
    before: asyncio.Task[None] | None = None
    while True:
        ended = finished.is_set()
        rows = await pool.fetch(_READ, last, _ROWS)
        if rows:
            last = rows[-1]["id"]
            sent = await _send(producer, topic, partitions, rows)
            if before:
                await before
            before = asyncio.create_task(_confirm(pool, sent, [row["id"] for row in rows]))
        elif ended:
            break
        else:
            await asyncio.sleep(0.01)
    if before:
        await before


async def _send(
    producer: AIOKafkaProducer, topic: str, partitions: int, rows: list[asyncpg.Record]
) -> list[asyncio.Future[object]]:
    by_partition: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        by_partition[zlib.crc32(row["key"].encode()) % partitions].append(row)
    sent = []
    for partition, group in by_partition.items():
        batch = producer.create_batch()
        for row in group:
            if batch.append(key=row["key"].encode(), value=row["value"], timestamp=None) is None:
                sent.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=row["key"].encode(), value=row["value"], timestamp=None)
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    return sent


async def _confirm(pool: asyncpg.Pool, sent: list[asyncio.Future[object]], ids: list[int]) -> None:
    await asyncio.gather(*sent)
    await pool.execute(_DELETE, ids)


async def count(dsn: str, bootstrap: str, topic: str, messages: int) -> None:
    """Add up until all are counted; tells when that was, on the monotonic clock, and how many people there are."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(_TABLES)
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=f"{topic}.count",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    signals.ready()
    counted = 0
    while counted < messages:
        found = await consumer.getmany(timeout_ms=20, max_records=_ROWS)
        records = [record for each in found.values() for record in each]
        if not records:
            continue
        people: Counter[str] = Counter()
        times: Counter[str] = Counter()
        for record in records:
            row = orjson.loads(record.value)
            people[row["event"]] += row["people"]
            times[row["event"]] += 1
        events = sorted(people)
        await connection.execute(_ADD, events, [times[each] for each in events], [people[each] for each in events])
        await consumer.commit()
        counted += len(records)
    done = time.monotonic()
    total = await connection.fetchval("SELECT sum(people)::bigint FROM counters")
    await consumer.stop()
    await connection.close()
    signals.tell({"done": done, "messages": counted, "people": total})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("write", "count"))
    for name in ("--dsn", "--bootstrap", "--topic"):
        parser.add_argument(name, required=True)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--messages", type=int)
    given = parser.parse_args()
    if given.part == "write":
        uvloop.run(write(given.dsn, given.bootstrap, given.topic, given.file))
    else:
        uvloop.run(count(given.dsn, given.bootstrap, given.topic, given.messages))


if __name__ == "__main__":
    main()
