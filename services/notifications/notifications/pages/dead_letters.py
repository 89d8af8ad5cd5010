"""Dead letters of all services: what it was, why it was laid aside, in words, and sending it again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from aiokafka.errors import KafkaError
from fastapi import Request, Response

from notifications.deliveries import journal
from notifications.pages.access import StaffMember
from shared import pages
from shared.contracts.topics import BY_NAME, DEAD_LETTERS, SERVICES, Service
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.letters import Letter, Letters

PATH = "/envois/rebuts"
router = pages.router(PATH)
_MOST = 200
_PATIENCE_SECONDS = 20.0
Kind = Literal["refused", "failed", "unreadable"]
_READABLE = frozenset({"refused", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A letter as the page shows it. `kind`: what may be done; `topic`: as the translations name it."""

    letter: Letter
    at: datetime
    replayed_at: datetime | None
    kind: Kind
    topic: str
    event_id: UUID | None
    title: str | None


@router.get("")
async def dead_letters(request: Request, _staff: StaffMember, sent: str = "") -> Response:
    """The last ones of each service, newest first."""
    letters = _letters(request)
    async with _answering():
        found = await asyncio.gather(*(letters.read(service, last=_MOST) for service in SERVICES))
    newest = sorted((letter for each in found for letter in each), key=lambda letter: letter.at, reverse=True)[:_MOST]
    return pages.render(
        request,
        "sending/dead_letters.html",
        entries=await _entries(request, newest),
        most=_MOST,
        days=DEAD_LETTERS["notifications"].retention.days,
        sent=sent == "yes",
    )


@router.post("/{service}/{id_}/renvoi")
async def send_again(request: Request, service: Service, id_: UUID, _staff: StaffMember) -> Response:
    """To the one service that has laid it aside; what fails again is laid aside again."""
    letters = _letters(request)
    async with _answering():
        letter = next((each for each in await letters.read(service) if each.id == str(id_)), None)
        if letter is None:
            raise not_found("dead letter", id_)
        refused = await letters.replay([letter])
    if refused:
        raise Problem(409, "Refused by the broker", refused[letter.id])
    return pages.redirect(f"{PATH}?sent=yes")


def _letters(request: Request) -> Letters:
    return Letters(bootstrap_servers=request.app.state.settings.kafka_bootstrap_servers)


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except (KafkaError, TimeoutError):
        raise Problem(503, "Not available", "Kafka, which keeps dead letters, does not answer; try again.") from None


async def _entries(request: Request, letters: list[Letter]) -> list[Entry]:
    subjects = [_subject(letter) for letter in letters]
    async with pages.reading(request) as connection:
        titles = await journal.titles(connection, [each for each in subjects if each])
    return [
        Entry(
            letter=letter,
            at=datetime.fromisoformat(letter.at),
            replayed_at=datetime.fromisoformat(letter.replayed_at) if letter.replayed_at else None,
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
