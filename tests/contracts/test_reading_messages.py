"""What a consumer makes of messages that are not as the contract says."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.examples import Example, read_examples
from shared.contracts.topics import EVENTS, MAX_MESSAGE_BYTES, PARTICIPATIONS, TOPICS, Topic
from shared.runtime.decoding import Envelope, Received, Unreadable, open_envelope, read_body

DOCS = Path(__file__).parents[2] / "docs"
Place = tuple[str | int, ...]


@pytest.fixture
def read(record_of):
    def read(topic: Topic, example: Example) -> Received[Any] | Unreadable:
        envelope = open_envelope(record_of(topic, example), topic=topic)
        return read_body(envelope, topic=topic) if isinstance(envelope, Envelope) else envelope

    return read


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_unknown_fields_are_ignored_everywhere(topic: Topic, read):
    for example in with_value(topic):
        richer = copy.deepcopy(example.value)
        for place in (*places(example.value), ()):
            if isinstance(at(richer, place), dict):
                at(richer, place)["since_version_9"] = {"nobody": ["knows", 1, None]}
        received, plain = read(topic, changed(example, richer)), read(topic, example)
        assert isinstance(received, Received), received
        assert received.body == plain.body


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_a_missing_field_is_refused_by_name_where_the_schema_requires_it(topic: Topic, read):
    schema = validator(topic)
    refused = 0
    for example in with_value(topic):
        for place in places(example.value):
            if isinstance(place[-1], int):
                continue
            poorer = copy.deepcopy(example.value)
            del at(poorer, place[:-1])[place[-1]]
            received = read(topic, changed(example, poorer))
            assert isinstance(received, Received) == schema.is_valid(poorer), place
            if isinstance(received, Unreadable):
                refused += 1
                assert received.reason == "violates_contract"
                assert received.detail.startswith(named(place)), (received.detail, place)
    assert refused > 0


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_a_value_of_the_wrong_type_is_refused_by_name(topic: Topic, read):
    schema = validator(topic)
    for example in with_value(topic):
        for place in places(example.value):
            wrong = copy.deepcopy(example.value)
            at(wrong, place[:-1])[place[-1]] = 7.5 if isinstance(at(wrong, place), (dict, list)) else {"not": "this"}
            assert not schema.is_valid(wrong), place
            received = read(topic, changed(example, wrong))
            assert isinstance(received, Unreadable), place
            assert received.reason == "violates_contract"
            assert received.detail.startswith(named(place)), (received.detail, place)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_a_negative_count_is_refused_by_name(topic: Topic, read):
    schema = validator(topic)
    for example in with_value(topic):
        for place in places(example.value):
            value = at(example.value, place)
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            negative = copy.deepcopy(example.value)
            at(negative, place[:-1])[place[-1]] = -1
            assert not schema.is_valid(negative), place
            received = read(topic, changed(example, negative))
            assert isinstance(received, Unreadable), place
            assert received.detail.startswith(named(place)), (received.detail, place)


@pytest.mark.parametrize("value", ["12", True, 1.5, None])
def test_a_number_is_a_number(value, read):
    example = with_value(PARTICIPATIONS)[0]
    wrong = copy.deepcopy(example.value)
    wrong["guest_list"]["announced"] = value
    received = read(PARTICIPATIONS, changed(example, wrong))
    assert isinstance(received, Unreadable)
    assert received.detail.startswith("guest_list.announced: ")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_a_later_version_is_unknown(topic: Topic, read):
    example = with_value(topic)[0]
    later = topic.type.removesuffix("v1") + "v2"
    received = read(topic, changed(example, example.value, ce_type=later))
    assert received == Unreadable("unknown_type", f"ce_type {later!r}, expected {topic.type!r}")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.type)
def test_an_empty_value_is_a_tombstone_or_nothing(topic: Topic, read):
    received = read(topic, changed(with_value(topic)[0], None))
    if topic.tombstones:
        assert isinstance(received, Received)
        assert received.body is None
    else:
        assert isinstance(received, Unreadable)
        assert received.reason == "empty"


def test_a_text_may_be_long_but_not_the_message(read):
    example = with_value(EVENTS)[0]
    long = copy.deepcopy(example.value)
    long["event"]["description"] = "x" * (MAX_MESSAGE_BYTES - 20_000)
    assert isinstance(read(EVENTS, changed(example, long)), Received)
    long["event"]["description"] = "x" * MAX_MESSAGE_BYTES
    assert read(EVENTS, changed(example, long)).reason == "too_large"


def with_value(topic: Topic) -> list[Example]:
    return [example for example in read_examples(topic) if example.value is not None]


def changed(example: Example, value: Any, **headers: str) -> Example:
    return Example(name=example.name, key=example.key, headers=example.headers | headers, value=value)


def validator(topic: Topic) -> Draft202012Validator:
    return Draft202012Validator(json.loads((DOCS / f"schemas/{topic.type}.json").read_text(encoding="utf-8")))


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Every place below `value`: names and numbers that lead to it."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in below:
        yield (*here, step)
        yield from places(part, (*here, step))


def at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def named(place: Place) -> str:
    return ".".join(map(str, place)) + ": "
