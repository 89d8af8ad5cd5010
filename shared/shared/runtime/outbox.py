"""The outbox: messages are committed in the transaction of the change that they tell of."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.base import Contract
from shared.contracts.topics import MAX_MESSAGE_BYTES, Topic
from shared.runtime import tracing
from shared.runtime.database import Connection
from shared.runtime.identifiers import new_id

_COPY_FROM = 50
"""Rows from which COPY beats INSERT, its look-up of the columns included."""

_COLUMNS = ("topic", "key", "message_id", "sequence", "time", "traceparent", "value", "headers")

_INSERT = """
INSERT INTO outbox (topic, key, message_id, sequence, time, traceparent, value, headers)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


class MessageTooLargeError(Exception):
    """The message is larger than the broker takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message to publish: the aggregate's whole state as JSON, or None for a tombstone."""

    topic: str
    key: str
    sequence: int
    value: bytes | None
    time: datetime
    id: UUID = field(default_factory=new_id)
    headers: list[tuple[str, str | None]] | None = None
    """Instead of those of CloudEvents: names and values as `packed` makes them."""


def message(*, topic: Topic, key: str, sequence: int, body: Contract | None, time: datetime) -> Message:
    """The message that carries `body` on `topic`; no body is a tombstone."""
    value = None if body is None else body.model_dump_json(exclude_none=True).encode()
    return Message(topic=topic.name, key=key, sequence=sequence, value=value, time=time.astimezone(UTC))


def packed(name: str, value: bytes | None) -> tuple[str, str | None]:
    """A header as JSON in the database can hold it, whatever its bytes: both parts in base64."""
    return base64.b64encode(name.encode()).decode(), None if value is None else base64.b64encode(value).decode()


def unpacked(name: str, value: str | None) -> tuple[str, bytes | None]:
    """The header that `packed` was given."""
    return base64.b64decode(name).decode(), None if value is None else base64.b64decode(value)


async def publish(connection: Connection, messages: Sequence[Message], *, limit: int = MAX_MESSAGE_BYTES) -> None:
    """
    Add messages to the outbox, in the caller's transaction and in this order.

    Raises `MessageTooLargeError` for a value above `limit` bytes, so that the broker never has to refuse one.
    """
    traceparent = tracing.current()
    rows: list[tuple[Any, ...]] = []
    for item in messages:
        if item.value is not None and len(item.value) > limit:
            raise MessageTooLargeError(f"{len(item.value)} bytes for {item.topic}, at most {limit}: shorten the texts")
        rows.append((
            item.topic, item.key, item.id, item.sequence, item.time, traceparent, item.value, item.headers,
        ))  # fmt: skip
    if len(rows) == 1:
        await connection.execute(_INSERT, *rows[0])
    elif len(rows) < _COPY_FROM:
        await connection.executemany(_INSERT, rows)
    else:
        await connection.copy_records_to_table("outbox", records=rows, columns=_COLUMNS)
