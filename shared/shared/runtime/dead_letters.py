"""Dead letters: what cannot be processed is laid aside untouched, with the reason, and the partition goes on."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from aiokafka import ConsumerRecord

from shared.contracts.topics import DEAD_LETTERS, MAX_DEAD_LETTER_BYTES, Service
from shared.runtime import metrics, outbox
from shared.runtime.database import Connection

NAMESPACE = UUID("6f8dc5b2-6f0e-4a36-9a51-3d6a0c0a2f10")
PREFIX = "dead_letter_"
"""Headers that say why and whence; all others are the record's own, untouched."""
REPLAY_FOR = "semaine_replay_for"
"""On a replayed record: the one service that is to handle it; the others have done so."""
REPLAY_KEY = "semaine_replay_key"
"""On a replayed record: the key it had. Its own is another, or compaction would put it in place of newer states."""
REPLAY_PREFIX = b"replay/"
NOBODY = b""
"""The service of the tombstone behind a replayed record, which lets compaction remove it."""

_LONGEST_DETAIL = 2000

_REMEMBER = """
INSERT INTO dead_letters (id, topic, partition, "offset", reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable word, and a sentence for who repairs it."""

    word: str
    detail: str


def letter_id(*, service: str, record: ConsumerRecord[bytes, bytes]) -> UUID:
    """The same record laid aside twice has one id."""
    return uuid5(NAMESPACE, f"{service}/{record.topic}/{record.partition}/{record.offset}")


def key_of(record: ConsumerRecord[bytes, bytes]) -> bytes | None:
    """The key of the message, replayed or not."""
    key: bytes | None = record.key
    if key is not None and key.startswith(REPLAY_PREFIX):
        key = dict(record.headers).get(REPLAY_KEY, key)
    return key


async def lay_aside(
    connection: Connection, *, service: Service, record: ConsumerRecord[bytes, bytes], reason: Reason
) -> bool:
    """Send the record to the service's dead letters, by the outbox, once. False when that was done before."""
    id_ = letter_id(service=service, record=record)
    detail = reason.detail.encode(errors="backslashreplace").decode().replace("\0", "\\0")[:_LONGEST_DETAIL]
    known = await connection.fetchval(
        _REMEMBER, id_, record.topic, record.partition, record.offset, f"{reason.word}: {detail}"
    )
    if known is None:
        return False
    about = {
        "id": str(id_),
        "reason": reason.word,
        "detail": detail,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "at": datetime.now(UTC).isoformat(),
    }
    if (key := key_of(record)) is not None:
        about["key"] = base64.b64encode(key).decode()
    headers = [outbox.packed(name, value) for name, value in record.headers]
    headers += [outbox.packed(PREFIX + name, text.encode()) for name, text in about.items()]
    letter = outbox.Message(
        topic=DEAD_LETTERS[service].name,
        key=str(id_),
        sequence=1,
        value=record.value,
        time=datetime.now(UTC),
        headers=headers,
    )
    await outbox.publish(connection, [letter], limit=MAX_DEAD_LETTER_BYTES)
    return True


def count(*, topic: str, reason: Reason) -> None:
    """Count one letter, once its transaction has committed."""
    metrics.DEAD_LETTERS.labels(topic, reason.word).inc()
