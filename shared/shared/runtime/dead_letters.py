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


async def lay_aside(
    connection: Connection, *, service: Service, record: ConsumerRecord[bytes, bytes], reason: Reason
) -> None:
    """Send the record to the service's dead letters, by the outbox, once."""
    id_ = letter_id(service=service, record=record)
    known = await connection.fetchval(
        _REMEMBER, id_, record.topic, record.partition, record.offset, f"{reason.word}: {reason.detail}"[:2000]
    )
    if known is None:
        return
    metrics.DEAD_LETTERS.labels(record.topic, reason.word).inc()
    about = {
        "id": str(id_),
        "reason": reason.word,
        "detail": reason.detail[:2000],
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "key": base64.b64encode(record.key or b"").decode(),
        "at": datetime.now(UTC).isoformat(),
    }
    headers = [(name, base64.b64encode(value).decode()) for name, value in record.headers]
    headers += [(PREFIX + name, base64.b64encode(text.encode()).decode()) for name, text in about.items()]
    letter = outbox.Message(
        topic=DEAD_LETTERS[service].name,
        key=str(id_),
        sequence=1,
        value=record.value,
        time=datetime.now(UTC),
        headers=headers,
    )
    await outbox.publish(connection, [letter], limit=MAX_DEAD_LETTER_BYTES)
