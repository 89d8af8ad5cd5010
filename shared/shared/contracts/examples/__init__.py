"""
Golden examples: messages as they were published, `<what>/<version>/<name>.json`.

They are never changed: messages like them lie in compacted topics for ever, and every consumer must go on reading them.
`DIGESTS` holds their SHA-256, so that a change is seen (`sha256sum --check DIGESTS` shows it too).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from shared.contracts.topics import Topic

FOLDER = Path(str(files(__name__)))
DIGESTS = FOLDER / "DIGESTS"


@dataclass(frozen=True, kw_only=True)
class Example:
    """One record. `value` is None for a tombstone."""

    name: str
    key: str
    headers: dict[str, str]
    value: dict[str, Any] | None

    @property
    def sequence(self) -> int:
        return int(self.headers["ce_sequence"])


def folder(topic: Topic) -> Path:
    """Of the examples of a topic's messages: `semaine.event.v1` has `event/v1`."""
    _, what, version = topic.type.split(".")
    return FOLDER / what / version


def read_examples(topic: Topic) -> list[Example]:
    """All examples of a topic, those of one key in the order of their sequences."""
    examples = [
        Example(name=file.stem, **json.loads(file.read_text(encoding="utf-8"))) for file in folder(topic).glob("*.json")
    ]
    return sorted(examples, key=lambda each: (each.key, each.sequence))


def recorded_digests() -> dict[str, str]:
    """SHA-256 by file name, as `DIGESTS` has them."""
    lines = DIGESTS.read_text(encoding="utf-8").splitlines() if DIGESTS.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def actual_digests() -> dict[str, str]:
    """SHA-256 by file name, as the files are."""
    return {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in sorted(_names())}


def _names() -> Iterator[str]:
    for file in FOLDER.glob("*/*/*.json"):
        yield file.relative_to(FOLDER).as_posix()
