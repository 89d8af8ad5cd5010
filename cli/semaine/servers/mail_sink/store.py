"""Mails in a SQLite file. One thread writes, many mails in one transaction; readers open their own connections."""

import asyncio
import json
import queue
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    content BLOB NOT NULL
)
"""
_INSERT = """
INSERT INTO messages (received_at, sender, recipients, subject, message_id, content) VALUES (?, ?, ?, ?, ?, ?)
"""
_WHERE = """
WHERE (:to = '' OR recipients LIKE '%' || :to || '%') AND (:subject = '' OR subject LIKE '%' || :subject || '%')
"""
_FIND = f"""
SELECT id, received_at, sender, recipients, subject, message_id, length(content) AS size FROM messages {_WHERE}
AND id < :before ORDER BY id DESC LIMIT :limit
"""
_COUNT = f"SELECT count(*) AS messages, count(DISTINCT message_id) AS message_ids FROM messages {_WHERE}"
_READ = "SELECT * FROM messages WHERE id = ?"
_LARGEST_ID = 2**63 - 1
_ONE_TRANSACTION = 500

_headers = BytesHeaderParser(policy=policy.default)
_Row = tuple[str, str, str, str, str, bytes]


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which mails: parts of a recipient's address and of the subject, empty for any; only ids below `before`."""

    to: str = ""
    subject: str = ""
    before: int = _LARGEST_ID
    limit: int = 100


class Store:
    """The mails in `file`. Start the writer with `open`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._waiting: queue.SimpleQueue[tuple[_Row, asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="mails")

    def open(self) -> None:
        """Create the table and start the writer."""
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_SCHEMA)
        self._writer.start()

    def close(self) -> None:
        """Write what waits, then stop."""
        self._waiting.put(None)
        self._writer.join()

    async def add(self, *, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Keep a mail; returns when it is in the file. Raises `sqlite3.Error`."""
        headers = _headers.parsebytes(content)
        row = (
            datetime.now(UTC).isoformat(),
            sender,
            json.dumps(recipients, ensure_ascii=False),
            str(headers["subject"] or ""),
            str(headers["message-id"] or "").strip(),
            content,
        )
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put((row, written))
        await written

    def find(self, question: Question) -> list[dict[str, Any]]:
        """Newest first, without their contents."""
        with closing(self._connect()) as connection:
            return [_described(row) for row in connection.execute(_FIND, vars(question))]

    def count(self, question: Question) -> dict[str, int]:
        """How many mails, and how many different `Message-ID`s: fewer when one was sent twice."""
        with closing(self._connect()) as connection:
            return dict(connection.execute(_COUNT, vars(question)).fetchone())

    def read(self, number: int) -> tuple[dict[str, Any], bytes] | None:
        """A mail and its content."""
        with closing(self._connect()) as connection:
            row = connection.execute(_READ, (number,)).fetchone()
        if row is None:
            return None
        return _described(row) | {"size": len(row["content"])}, row["content"]

    def clear(self) -> int:
        """Delete all; how many there were."""
        with closing(self._connect()) as connection, connection:
            return connection.execute("DELETE FROM messages").rowcount

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _write(self) -> None:
        with closing(self._connect()) as connection:
            while batch := self._next_batch():
                error: sqlite3.Error | None = None
                try:
                    with connection:
                        connection.executemany(_INSERT, [row for row, _ in batch])
                except sqlite3.Error as failure:
                    error = failure
                batch[0][1].get_loop().call_soon_threadsafe(_settle, [written for _, written in batch], error)

    def _next_batch(self) -> list[tuple[_Row, asyncio.Future[None]]]:
        """What waits, at least one; empty when it is time to stop."""
        batch: list[tuple[_Row, asyncio.Future[None]]] = []
        while not batch or (len(batch) < _ONE_TRANSACTION and not self._waiting.empty()):
            item = self._waiting.get()
            if item is None:
                if batch:
                    self._waiting.put(None)
                break
            batch.append(item)
        return batch


def _settle(waiting: Sequence[asyncio.Future[None]], error: sqlite3.Error | None) -> None:
    for future in waiting:
        if future.done():
            continue
        if error:
            future.set_exception(error)
        else:
            future.set_result(None)


def _described(row: sqlite3.Row) -> dict[str, Any]:
    names = [name for name in row.keys() if name != "content"]  # noqa: SIM118 - a Row iterates over its values
    return {name: json.loads(row[name]) if name == "recipients" else row[name] for name in names}
