"""One AsyncAPI 3.0 document: every topic, who publishes it, who consumes it, and what its messages look like."""

from importlib.metadata import version
from typing import Any

from documents import channels, messages
from shared.contracts.topics import DEAD_LETTERS, SERVICES, TOPICS, Service, Topic
from shared.runtime.consumer import group_id

_DESCRIPTION = """\
The topics of a programme of public events, in Apache Kafka. Messages are CloudEvents 1.0 in Kafka's binary mode: the
attributes are headers, the value is JSON, the key is the aggregate's id.

Every message carries the whole state of its aggregate after the change, and what changed. `ce_sequence` rises by one
with each change of an aggregate: a message whose sequence is not above the last one applied for its key tells nothing
new. Messages of one key are in order; between keys and between topics there is no order. Fields may be added at any
time: ignore those you do not know. A change that would break readers comes as a new topic with a new version.
"""
_LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Semaine: topics",
            "version": version("semaine-shared"),
            "description": _DESCRIPTION,
            "license": _LICENSE,
            "tags": [{"name": name, "description": description} for name, description in channels.ACCESS.items()],
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap_servers}",
                "protocol": "kafka",
                "description": "Apache Kafka. The operator of a programme names its address.",
                "variables": {"bootstrap_servers": {"default": "127.0.0.1:9092", "description": "host:port"}},
            }
        },
        "channels": channels.channels(),
        "operations": _operations(),
        "components": {
            "schemas": {"CloudEvent": messages.HEADERS, "DeadLetter": messages.DEAD_LETTER_HEADERS},
            "messages": messages.messages(),
        },
    }


def _operations() -> dict[str, dict[str, Any]]:
    found = {}
    for service in SERVICES:
        for topic in TOPICS:
            if topic.publisher == service:
                found[f"{service}.send.{topic.name}"] = _operation(service, "send", topic.name)
            if service in topic.consumers:
                found[f"{service}.receive.{topic.name}"] = _operation(service, "receive", topic.name) | _group(
                    service, topic
                )
        letters = DEAD_LETTERS[service].name
        found[f"{service}.send.{letters}"] = _operation(service, "send", letters)
    return found


def _operation(service: Service, action: str, topic: str) -> dict[str, Any]:
    verb = "publishes" if action == "send" else "consumes"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": f"{service} {verb} {topic}.",
        "tags": [{"name": service}],
    }


def _group(service: Service, topic: Topic) -> dict[str, Any]:
    group = {"type": "string", "const": group_id(service, topic)}
    return {"bindings": {"kafka": {"groupId": group, **messages.BINDING}}}
