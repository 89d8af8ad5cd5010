"""A dead letter in words: what it is about, why it was laid aside, what may be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Request

from notifications.deliveries import journal
from shared import pages
from shared.contracts.topics import BY_NAME
from shared.runtime.letters import Letter

Kind = Literal["refused", "failed", "unreadable"]
_READABLE = frozenset({"refused", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A letter as the page shows it. `kind`: what may be done; `topic`: as the translations name it."""

    letter: Letter
    at: datetime
    replayed_at: datetime | None
    discarded_at: datetime | None
    kind: Kind
    topic: str
    event_id: UUID | None
    title: str | None


async def entries(request: Request, letters: list[Letter]) -> list[Entry]:
    """In their order."""
    subjects = [_subject(letter) for letter in letters]
    async with pages.reading(request) as connection:
        titles = await journal.titles(connection, [each for each in subjects if each])
    return [
        Entry(
            letter=letter,
            at=datetime.fromisoformat(letter.at),
            replayed_at=datetime.fromisoformat(letter.replayed_at) if letter.replayed_at else None,
            discarded_at=datetime.fromisoformat(letter.discarded.at) if letter.discarded else None,
            kind=letter.reason if letter.reason in _READABLE else "unreadable",  # type: ignore[arg-type]
            topic=letter.topic.replace(".", "_") if letter.topic in BY_NAME else "unknown",
            event_id=subject if subject in titles else None,
            title=titles.get(subject) if subject else None,
        )
        for letter, subject in zip(letters, subjects, strict=True)
    ]


def _subject(letter: Letter) -> UUID | None:
    """The event that a message is about, if its key is one's id."""
    try:
        return UUID((letter.key or b"").decode())
    except ValueError:
        return None
