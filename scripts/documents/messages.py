"""The messages of the AsyncAPI document: headers, key, payload, an example."""

from typing import Any

from documents import schemas
from shared.contracts.examples import Example, read_examples
from shared.contracts.topics import SERVICES, TOPICS, Topic
from shared.runtime.dead_letters import PREFIX

DEAD_LETTER = "dead-letter"
BINDING = {"bindingVersion": "0.5.0"}

HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in Kafka's binary mode. All values are UTF-8 text.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_sequence"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "Of the message; the same when sent again."},
        "ce_type": {"type": "string", "description": "What the value is, and in which version."},
        "ce_source": {"type": "string", "enum": [f"/{service}" for service in SERVICES]},
        "ce_subject": {"type": "string", "description": "The key of the record."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When the change was made."},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "Which change of its aggregate this is: 1, 2, 3 and so on without gaps.",
        },
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C Trace Context of the request that caused the change."},
    },
}

_DEAD_LETTER_HEADERS = {
    "id": "The key. The same record laid aside twice has one id.",
    "reason": "A stable word, such as `violates_contract`.",
    "detail": "A sentence for who repairs it.",
    "topic": "Where the record came from.",
    "partition": "Its partition there.",
    "offset": "Its offset there.",
    "key": "Its key, in base64.",
    "at": "When it was laid aside.",
}
DEAD_LETTER_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "The record's own headers, untouched, and these.",
    "required": [PREFIX + name for name in _DEAD_LETTER_HEADERS],
    "properties": {
        PREFIX + name: {"type": "string", "description": text} for name, text in _DEAD_LETTER_HEADERS.items()
    },
}


def messages() -> dict[str, dict[str, Any]]:
    """All messages by name."""
    found = {DEAD_LETTER: _dead_letter()}
    for topic in TOPICS:
        found[topic.type] = _message(topic)
        if topic.tombstones:
            found[tombstone(topic)] = _tombstone(topic)
    return dict(sorted(found.items()))


def tombstone(topic: Topic) -> str:
    """The name of a topic's empty message."""
    return f"{topic.type}.tombstone"


def _message(topic: Topic) -> dict[str, Any]:
    examples = [each for each in read_examples(topic) if each.value is not None]
    return {
        "name": topic.type,
        "title": topic.model.__name__,
        "summary": topic.description,
        "contentType": "application/json",
        "headers": _headers(topic),
        "payload": {"$ref": f"./{schemas.file_name(topic)}"},
        "bindings": _key(topic.key),
        "examples": [_example(max(examples, key=lambda each: len(str(each.value))))],
    }


def _tombstone(topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.type,
        "title": "Tombstone",
        "summary": "No value: the key is gone, forget it.",
        "headers": _headers(topic),
        "payload": {"type": "null"},
        "bindings": _key(topic.key),
    }


def _dead_letter() -> dict[str, Any]:
    return {
        "name": DEAD_LETTER,
        "title": "Dead letter",
        "summary": "The value as it came, whatever it is.",
        "contentType": "application/octet-stream",
        "headers": {"$ref": "#/components/schemas/DeadLetter"},
        "bindings": _key("dead letter id"),
    }


def _headers(topic: Topic) -> dict[str, Any]:
    own = {"ce_type": {"const": topic.type}, "ce_source": {"const": f"/{topic.publisher}"}}
    return {"type": "object", "allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"properties": own}]}


def _key(what: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": what}, **BINDING}}


def _example(example: Example) -> dict[str, Any]:
    return {"name": example.name, "headers": example.headers, "payload": example.value}
