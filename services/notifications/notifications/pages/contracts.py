"""Topics and webhooks as their contracts and golden examples have them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from notifications.partners.domain import Interest
from notifications.webhooks import news
from notifications.webhooks.domain import Announcement, Withdrawal, webhook_id_of
from shared.contracts.examples import Example, read_examples
from shared.contracts.registration import CatalogueMessage
from shared.contracts.topics import CATALOGUE, Topic
from shared.runtime.decoding import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a message. `path`: as `event.slots[].begin`."""

    path: str
    type: str
    always: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A topic, the fields of its messages, their JSON Schema and an example of each change."""

    topic: Topic
    fields: tuple[Field, ...]
    schema: str
    examples: tuple[tuple[str, str], ...]


@cache
def described(topic: Topic) -> Described:
    schema = topic.model.model_json_schema()
    return Described(
        topic=topic,
        fields=tuple(_fields(schema, schema["$defs"], "")),
        schema=_text(schema),
        examples=tuple((each.name, _text(each.value)) for each in read_examples(topic) if each.value is not None),
    )


def _fields(schema: Mapping[str, Any], models: Mapping[str, Any], path: str) -> Iterator[Field]:
    """All of a model's fields, and those of the models in them."""
    for name, each in schema.get("properties", {}).items():
        type_, inner = _type(each, models)
        here = f"{path}{name}{'[]' if type_.startswith('array') else ''}"
        yield Field(path=here, type=type_, always=name in schema.get("required", ()))
        if inner is not None:
            yield from _fields(inner, models, f"{here}.")


def _type(field: Mapping[str, Any], models: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """A field's type in a word or its possible values; and the model, if it is made of one."""
    if "$ref" in field:
        return "object", models[field["$ref"].rpartition("/")[2]]
    if "anyOf" in field:
        return next(_type(each, models) for each in field["anyOf"] if each.get("type") != "null")
    if "enum" in field or "const" in field:
        return " | ".join(str(value) for value in field.get("enum", [field.get("const")])), None
    if field.get("type") == "array":
        of, inner = _type(field.get("items", {}), models)
        return f"array: {of}", inner
    return str(field.get("format") or field.get("type", "any")), None


@cache
def webhook_examples(*, public_url: str) -> tuple[tuple[str, str], ...]:
    """The body of each type of webhook that a golden example gives rise to; then the test, and a batch of two."""
    found: dict[str, Announcement] = {}
    examples = read_examples(CATALOGUE)
    for example in examples:
        announcement = _announcement(example, public_url=public_url)
        found.setdefault(announcement.type, announcement)
    time = next(iter(found.values())).time
    test = news.test_of(UUID(examples[0].key), message_id=examples[0].headers["ce_id"], now=time)
    batched = {webhook_id_of(UUID(each.message_id)): each.body for each in list(found.values())[:2]}
    bodies = {type_: each.body for type_, each in sorted(found.items())}
    bodies |= {news.TEST: test.body, news.BATCH: news.batch_of(batched, now=time)}
    return tuple((type_, _text(json.loads(body))) for type_, body in bodies.items())


def _announcement(example: Example, *, public_url: str) -> Announcement:
    time, message_id = datetime.fromisoformat(example.headers["ce_time"]), UUID(example.headers["ce_id"])
    if example.value is None:
        gone = Withdrawal(message_id=str(message_id), event_id=UUID(example.key), sequence=example.sequence, time=time)
        interest = Interest(event_type="other", departement=None, region=None)
        return news.withdrawn(gone, interest=interest).announcement
    message = Received(
        id=message_id,
        topic=CATALOGUE.name,
        key=example.key,
        sequence=example.sequence,
        time=time,
        body=CatalogueMessage.model_validate_json(json.dumps(example.value)),
        partition=0,
        offset=0,
    )
    return news.published_or_changed(message, public_url=public_url, known_act=0).announcement


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
