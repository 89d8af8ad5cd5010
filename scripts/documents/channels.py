"""The channels of the AsyncAPI document: topics and dead letters."""

from typing import Any

from documents import messages
from semaine.system.topics import wanted
from shared.contracts.topics import DEAD_LETTERS, TOPICS, DeadLetterTopic, Topic

ACCESS = {
    "public": "For partners too.",
    "internal": "For the services alone.",
    "restricted": "Personal data: for its publisher and its consumers alone.",
    "dead-letters": "What a service could not process, untouched, with the reason; for its operators.",
}

_PROVISIONED = {topic.name: topic for topic in wanted()}


def channels() -> dict[str, dict[str, Any]]:
    """All channels by the name of their topic."""
    topics = {topic.name: _topic(topic) for topic in TOPICS}
    return topics | {letters.name: _dead_letters(letters) for letters in DEAD_LETTERS.values()}


def _topic(topic: Topic) -> dict[str, Any]:
    names = [topic.type, messages.tombstone(topic)] if topic.tombstones else [topic.type]
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": f"Key: {topic.key}. Access: {topic.access}.",
        "description": topic.description,
        "tags": [{"name": topic.access}],
        "messages": _references(*names),
        "bindings": _binding(topic.name),
    }


def _dead_letters(letters: DeadLetterTopic) -> dict[str, Any]:
    return {
        "address": letters.name,
        "title": letters.name,
        "summary": "Key: dead letter id. Access: internal.",
        "description": f"Records that {letters.service} could not process; `semaine dead-letters` shows and replays.",
        "tags": [{"name": "dead-letters"}],
        "messages": _references(messages.DEAD_LETTER),
        "bindings": _binding(letters.name),
    }


def _references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _binding(name: str) -> dict[str, Any]:
    """As the topic is provisioned."""
    topic = _PROVISIONED[name]
    configuration = {key: _native(key, value) for key, value in topic.settings.items()}
    return {
        "kafka": {
            "topic": name,
            "partitions": topic.partitions,
            "topicConfiguration": configuration,
            **messages.BINDING,
        }
    }


def _native(key: str, value: str) -> str | int | list[str]:
    if key == "cleanup.policy":
        return value.split(",")
    return int(value) if value.isdecimal() else value
