"""docs/partners.md: its program does what it says, its sample is one, and it speaks of public topics alone."""

import asyncio
import json
import re
import shutil
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

from notifications.pages.documentation import program
from semaine.servers import kafka_jars
from shared.contracts.examples import Example, read_examples
from shared.contracts.topics import CATALOGUE, TOPICS

GUIDE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
PATIENCE_SECONDS = 60
NODE_MODULES = Path(__file__).parents[2] / "node_modules"
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
@pytest.mark.parametrize("name", ["programme.py", "programme.mjs", "Programme.java"])
async def test_the_program_keeps_the_programme(system, tmp_path: Path, name: str):
    command = await how_to_run(name)
    examples = read_examples(CATALOGUE)
    programme = {example.key: example.value for example in examples}  # the last of each key
    (tmp_path / name).write_text(program(name))
    if name.endswith(".mjs"):
        (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    async with published(system.bootstrap_servers) as (topic, publish):
        for round_ in (examples, examples[::-1]):  # all of it comes again, older messages after newer ones
            last = Example(name="last", key=str(uuid4()), headers=examples[0].headers, value=examples[0].value)
            programme[last.key] = last.value
            await publish([*round_, last])
            process = await asyncio.create_subprocess_exec(
                *command, name, system.bootstrap_servers, topic, cwd=tmp_path
            )
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while last.key not in copied(tmp_path):
                        assert process.returncode is None, "the program has ended"
                        await asyncio.sleep(0.1)
            finally:
                process.send_signal(signal.SIGINT)  # it leaves its group, so that the next need not wait
                await process.wait()
            assert copied(tmp_path) == programme


async def how_to_run(name: str) -> list[str]:
    """The program's command, up to its name; skips where there is none."""
    if name.endswith(".py"):
        return [sys.executable]
    runtime = shutil.which({"mjs": "node", "java": "java"}[name.rpartition(".")[2]])
    if runtime is None:
        pytest.skip(f"nothing on this machine runs {name}")
    if name.endswith(".mjs"):
        if not (NODE_MODULES / "@platformatic/kafka").is_dir():
            pytest.skip("npm install @platformatic/kafka, in the project's folder")
        return [runtime]
    return [runtime, "-cp", await kafka_jars.class_path(cache=kafka_jars.cache_folder(), tell=lambda _: None)]


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


def copied(folder: Path) -> dict[str, object]:
    """The program's copy so far: a database, or a file for each event."""
    database = folder / "programme.db"
    if not database.exists():
        files = {each.name: each.read_text().partition("\n") for each in folder.glob("programme/*")}
        return {key: json.loads(text) if text else None for key, (_, _, text) in files.items()}
    with closing(sqlite3.connect(database)) as store:
        tables = store.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        rows = store.execute("SELECT id, message FROM events").fetchall() if tables else []
    return {key: message and json.loads(message) for key, message in rows}
