"""The channels of the AsyncAPI document: topics and dead letters."""

from datetime import timedelta
from typing import Any

from documents import messages
from shared.contracts.topics import (
    DEAD_LETTERS,
    MAX_DEAD_LETTER_BYTES,
    MAX_MESSAGE_BYTES,
    TOPICS,
    DeadLetterTopic,
    Topic,
)

ACCESS = {
    "public": "For partners too.",
    "internal": "For the services alone.",
    "restricted": "Personal data: for its publisher and its consumers alone.",
    "dead-letters": "What a service could not process, untouched, with the reason; for its operators.",
}


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
        "bindings": _binding(
            name=topic.name,
            partitions=topic.partitions,
            cleanup=topic.cleanup,
            retention=topic.retention,
            largest=MAX_MESSAGE_BYTES,
        ),
    }


def _dead_letters(letters: DeadLetterTopic) -> dict[str, Any]:
    return {
        "address": letters.name,
        "title": letters.name,
        "summary": "Key: dead letter id. Access: internal.",
        "description": f"Records that {letters.service} could not process; `semaine dead-letters` shows and replays.",
        "tags": [{"name": "dead-letters"}],
        "messages": _references(messages.DEAD_LETTER),
        "bindings": _binding(
            name=letters.name,
            partitions=letters.partitions,
            cleanup="delete",
            retention=letters.retention,
            largest=MAX_DEAD_LETTER_BYTES,
        ),
    }


def _references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _binding(*, name: str, partitions: int, cleanup: str, retention: timedelta | None, largest: int) -> dict[str, Any]:
    """Values alone are bounded by `largest`; the broker counts headers and framing too."""
    configuration: dict[str, Any] = {"cleanup.policy": [cleanup]}
    if retention is not None:
        configuration["retention.ms"] = retention // timedelta(milliseconds=1)
    return {
        "kafka": {
            "topic": name,
            "partitions": partitions,
            "topicConfiguration": configuration,
            **messages.BINDING,
            "x-largest-value-bytes": largest,
        }
    }
