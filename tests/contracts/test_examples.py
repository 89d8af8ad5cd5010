"""Golden examples: valid by model and by schema, read by the runtime, never changed."""

import json
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from shared.contracts import examples
from shared.contracts.examples import Example, read_examples
from shared.contracts.topics import TOPICS, Topic
from shared.runtime.decoding import Received, open_envelope, read_body

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    pytest.param(topic, example, id=f"{topic.type}-{example.name}")
    for topic in TOPICS
    for example in read_examples(topic)
]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Draft202012Validator]:
    found = {}
    for topic in TOPICS:
        schema = json.loads((DOCS / f"schemas/{topic.type}.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        found[topic.type] = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return found


@pytest.mark.parametrize(("topic", "example"), EXAMPLES)
def test_an_example_is_read(topic: Topic, example: Example, record_of):
    envelope = open_envelope(record_of(topic, example), topic=topic)
    received = read_body(envelope, topic=topic)
    assert isinstance(received, Received), received
    assert (received.key, received.sequence) == (example.key, example.sequence)
    if example.value is None:
        assert received.body is None
    else:
        assert received.body.change == example.value["change"]


@pytest.mark.parametrize(("topic", "example"), [each for each in EXAMPLES if each.values[1].value is not None])
def test_an_example_is_valid_by_the_schema(topic: Topic, example: Example, schemas):
    assert [error.message for error in schemas[topic.type].iter_errors(example.value)] == []


@pytest.mark.parametrize(("topic", "example"), [each for each in EXAMPLES if each.values[1].value is not None])
def test_what_is_published_again_from_an_example_says_the_same(topic: Topic, example: Example, schemas):
    body = topic.model.model_validate_json(json.dumps(example.value))
    again = json.loads(body.model_dump_json(exclude_none=True))
    assert [error.message for error in schemas[topic.type].iter_errors(again)] == []
    assert topic.model.model_validate_json(json.dumps(again)) == body


@pytest.mark.parametrize(("topic", "example"), EXAMPLES)
def test_the_key_is_what_the_topic_says(topic: Topic, example: Example):
    assert example.headers["ce_subject"] == example.key
    assert example.headers["ce_type"] == topic.type
    assert example.headers["ce_source"] == f"/{topic.publisher}"
    if example.value is not None:
        assert example.key in json.dumps(example.value) or topic.key == "edition id/dimension"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_every_change_has_an_example(topic: Topic):
    values = [example.value for example in read_examples(topic)]
    assert {value["change"] for value in values if value} == set(
        get_args(topic.model.model_fields["change"].annotation)
    )
    assert (None in values) == topic.tombstones


def test_no_example_was_changed_or_removed():
    actual = examples.actual_digests()
    changed = [name for name, digest in examples.recorded_digests().items() if actual.get(name) != digest]
    assert not changed, (
        f"{', '.join(changed)}: changed or removed. Messages like these lie in compacted topics for ever, and "
        "consumers must read them. Restore the files; a new form of a message is a new example, or a new version."
    )


def test_every_example_is_recorded():
    new = examples.actual_digests().keys() - examples.recorded_digests().keys()
    assert not new, f"{', '.join(sorted(new))}: not in DIGESTS yet. Run `make generate`."


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_personal_data_has_one_topic(topic: Topic):
    schema = (DOCS / f"schemas/{topic.type}.json").read_text(encoding="utf-8")
    assert ('"email":' in schema or '"phone":' in schema) == (topic.access == "restricted")
