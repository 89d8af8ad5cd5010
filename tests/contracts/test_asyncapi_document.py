"""The AsyncAPI document is one, and says what the contracts say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from shared.contracts.topics import DEAD_LETTERS, SERVICES, TOPICS, Topic

DOCS = Path(__file__).parents[2] / "docs"
OFFICIAL_SCHEMA = Path(__file__).parent / "asyncapi" / "schema-3.0.0.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return yaml.safe_load((DOCS / "asyncapi.yaml").read_text(encoding="utf-8"))


def test_it_follows_the_official_schema(document):
    validator = Draft7Validator(json.loads(OFFICIAL_SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_the_official_schema_would_refuse_a_wrong_document(document):
    validator = Draft7Validator(json.loads(OFFICIAL_SCHEMA.read_text(encoding="utf-8")))
    wrong = document | {"operations": {"stats.send.stats.counters.v1": {"action": "shout"}}}
    assert not validator.is_valid(wrong)


def test_every_reference_leads_somewhere(document):
    for reference in references(document):
        file, _, pointer = reference.partition("#")
        target = json.loads((DOCS / file).read_text(encoding="utf-8")) if file else document
        for part in filter(None, pointer.split("/")):
            target = target[part]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_is_a_channel_with_its_publisher_and_consumers(document, topic: Topic):
    channel = document["channels"][topic.name]
    assert channel["address"] == topic.name
    assert channel["tags"] == [{"name": topic.access}]
    binding = channel["bindings"]["kafka"]
    assert binding["partitions"] == topic.partitions
    assert binding["topicConfiguration"]["cleanup.policy"] == [topic.cleanup]
    assert ("retention.ms" in binding["topicConfiguration"]) == (topic.retention is not None)
    assert (f"{topic.type}.tombstone" in channel["messages"]) == topic.tombstones
    ways = {
        (operation["action"], operation["tags"][0]["name"])
        for operation in document["operations"].values()
        if operation["channel"]["$ref"] == f"#/channels/{topic.name}"
    }
    assert ways == {("send", topic.publisher), *(("receive", consumer) for consumer in topic.consumers)}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_dead_letters(document, service):
    name = DEAD_LETTERS[service].name
    assert name in document["channels"]
    assert f"{service}.send.{name}" in document["operations"]


def test_nothing_else_is_in_it(document):
    declared = {topic.name for topic in TOPICS} | {letters.name for letters in DEAD_LETTERS.values()}
    assert set(document["channels"]) == declared


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)
