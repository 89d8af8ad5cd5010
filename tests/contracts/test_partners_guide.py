"""docs/partners.md: its program does what it says, its sample is one, and it speaks of public topics alone."""

import asyncio
import json
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.contracts.examples import Example, read_examples
from shared.contracts.topics import CATALOGUE, TOPICS

GUIDE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
PATIENCE_SECONDS = 60
Publish = Callable[[list[Example]], Awaitable[None]]


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def test_the_sample_is_a_golden_example():
    assert json.loads(block("json")) in [example.value for example in read_examples(CATALOGUE)]


def test_it_has_every_public_topic_and_no_other():
    for topic in TOPICS:
        assert (topic.name in GUIDE) == (topic.access == "public"), topic.name


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.access == "public"], ids=lambda topic: topic.name)
def test_the_table_says_what_is_declared(topic):
    (row,) = re.findall(rf"^\| `{topic.name}` \|.*$", GUIDE, re.MULTILINE)
    assert f"| {topic.partitions} |" in row
    assert f"(schemas/{topic.type}.json)" in row
    assert topic.cleanup == "compact"


def test_tombstones_are_where_it_says():
    assert [topic.name for topic in TOPICS if topic.access == "public" and topic.tombstones] == [CATALOGUE.name]


@pytest.mark.servers
async def test_the_program_keeps_the_programme(system, tmp_path: Path):
    examples = read_examples(CATALOGUE)
    programme = {example.key: example.value for example in examples}  # the last of each key
    (tmp_path / "programme.py").write_text(block("python"))
    async with published(system.bootstrap_servers) as (topic, publish):
        for round_ in (examples, examples[::-1]):  # all of it comes again, older messages after newer ones
            last = Example(name="last", key=str(uuid4()), headers=examples[0].headers, value=examples[0].value)
            programme[last.key] = last.value
            await publish([*round_, last])
            process = await asyncio.create_subprocess_exec(
                sys.executable, "programme.py", system.bootstrap_servers, topic, cwd=tmp_path
            )
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while last.key not in copied(tmp_path / "programme.db"):
                        assert process.returncode is None, "the program has ended"
                        await asyncio.sleep(0.1)
            finally:
                process.send_signal(signal.SIGINT)  # it leaves its group, so that the next need not wait
                await process.wait()
            assert copied(tmp_path / "programme.db") == programme


@asynccontextmanager
async def published(servers: str) -> AsyncIterator[tuple[str, Publish]]:
    """A topic of its own, and how to publish on it."""
    topic = f"test.catalogue.{uuid4()}"
    admin, producer = AIOKafkaAdminClient(bootstrap_servers=servers), AIOKafkaProducer(bootstrap_servers=servers)
    await admin.start()
    await producer.start()

    async def publish(examples: list[Example]) -> None:
        for example in examples:
            await producer.send_and_wait(
                topic,
                key=example.key.encode(),
                value=None if example.value is None else orjson.dumps(example.value),
                headers=[(name, text.encode()) for name, text in example.headers.items()],
            )

    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
        yield topic, publish
        await admin.delete_topics([topic])
    finally:
        await producer.stop()
        await admin.close()


def copied(database: Path) -> dict[str, object]:
    """The program's copy so far."""
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database)) as store:
        tables = store.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        rows = store.execute("SELECT id, message FROM events").fetchall() if tables else []
    return {key: message and json.loads(message) for key, message in rows}
