"""What an endpoint acknowledged: one JSON line each, on the disk before the answer goes out."""

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReceived:
    """A webhook by its `webhook-id`. `digest`: SHA-256 of its body. `genuine`: whether the signature was right."""

    id: str
    at: datetime
    digest: str
    genuine: bool = True


class Receipts:
    """The append-only file."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def keep(self, received: WebhookReceived) -> None:
        """Returns when it is on the disk."""
        os.write(self._descriptor, orjson.dumps(asdict(received)) + b"\n")
        os.fsync(self._descriptor)


def read(file: Path) -> list[WebhookReceived]:
    """All whole lines; the last one may have been cut off by a kill, and was not acknowledged then."""
    if not file.exists():
        return []
    whole, _, _ = file.read_bytes().rpartition(b"\n")
    rows = [orjson.loads(line) for line in whole.splitlines()]
    return [WebhookReceived(**row | {"at": datetime.fromisoformat(row["at"])}) for row in rows]
