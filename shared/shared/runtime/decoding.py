"""From a Kafka record to a message, without ever raising: what cannot be read is told as a value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts.base import Contract
from shared.contracts.topics import MAX_MESSAGE_BYTES, Topic
from shared.runtime.dead_letters import key_of

_LAST_SEQUENCE = 2**63 - 1
"""What a bigint holds."""

Body = TypeVar("Body", bound=Contract)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers and the key tell, before the value is read."""

    id: UUID
    key: str
    sequence: int
    time: datetime
    traceparent: str | None
    record: ConsumerRecord[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Received(Generic[Body]):
    """A message as operations see it. `body` is None for a tombstone."""

    id: UUID
    topic: str
    key: str
    sequence: int
    time: datetime
    body: Body | None
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that no retry can make readable. `reason` is a stable word for metrics, `detail` a sentence."""

    reason: str
    detail: str


def open_envelope(record: ConsumerRecord[bytes, bytes], *, topic: Topic) -> Envelope | Unreadable:
    """Read key and CloudEvents headers."""
    if record.value is not None and len(record.value) > MAX_MESSAGE_BYTES:
        return Unreadable("too_large", f"{len(record.value)} bytes, at most {MAX_MESSAGE_BYTES}")
    if record.value is None and not topic.tombstones:
        return Unreadable("empty", "no value, and this topic has no tombstones")
    headers: dict[str, str] = {}
    try:
        for name, value in record.headers:
            if value is not None:
                headers[name] = value.decode()
        key = (key_of(record) or b"").decode()
    except UnicodeDecodeError as error:
        return Unreadable("not_utf8", f"a header or the key is not UTF-8: {error}")
    try:
        type_ = headers["ce_type"]
        if type_ != topic.type:
            return Unreadable("unknown_type", f"ce_type {type_!r}, expected {topic.type!r}")
        envelope = Envelope(
            id=UUID(headers["ce_id"]),
            key=key,
            sequence=int(headers["ce_sequence"]),
            time=datetime.fromisoformat(headers["ce_time"]),
            traceparent=headers.get("traceparent"),
            record=record,
        )
    except KeyError as error:
        return Unreadable("missing_header", f"no header {error}")
    except ValueError as error:
        return Unreadable("bad_header", str(error))
    return _checked(envelope)


def _checked(envelope: Envelope) -> Envelope | Unreadable:
    if not envelope.key or "\0" in envelope.key:
        return Unreadable("bad_key", "the key is empty or contains NUL")
    if not 1 <= envelope.sequence <= _LAST_SEQUENCE or envelope.time.tzinfo is None:
        return Unreadable("bad_header", "ce_sequence is below 1 or above 2^63-1, or ce_time has no offset")
    return envelope


def read_body(envelope: Envelope, *, topic: Topic) -> Received[Any] | Unreadable:
    """Validate the value against the topic's contract."""
    record = envelope.record
    body = None
    if record.value is not None:
        try:
            body = topic.model.model_validate_json(record.value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"]))
            kind = "not_json" if first["type"] == "json_invalid" else "violates_contract"
            return Unreadable(kind, f"{field}: {first['msg']}" if field else first["msg"])
    return Received(
        id=envelope.id,
        topic=topic.name,
        key=envelope.key,
        sequence=envelope.sequence,
        time=envelope.time,
        body=body,
        partition=record.partition,
        offset=record.offset,
    )
