"""A copy of the public programme. Usage: python programme.py HOST:PORT [TOPIC]"""

import asyncio
import sqlite3
import sys

from aiokafka import AIOKafkaConsumer

GROUP = "partner.example"  # your own
TABLE = "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, message TEXT)"
# A withdrawn event keeps its row, without a message: so nothing older can bring it back.
KEEP = """
INSERT INTO events (id, sequence, message) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, message = excluded.message
WHERE excluded.sequence > events.sequence
"""


def keep(store, record):
    headers = dict(record.headers)
    if headers.get("ce_type") != b"semaine.catalogue.v1":
        return
    message = None if record.value is None else record.value.decode()
    store.execute(KEEP, (record.key.decode(), int(headers["ce_sequence"]), message))


async def main(servers, topic="catalogue.events.v1"):
    store = sqlite3.connect("programme.db")
    store.execute(TABLE)
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=GROUP,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=1000)
            for records in batches.values():
                for record in records:
                    keep(store, record)
            if batches:
                store.commit()
                await consumer.commit()
    finally:
        await consumer.stop()


asyncio.run(main(*sys.argv[1:]))
