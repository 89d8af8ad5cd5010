"""The log of everything that was sent, in words: to whom, about what, what became of it, and what one may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, get_args
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Form as Field
from fastapi import Query, Request, Response

from notifications.deliveries import again, journal
from notifications.deliveries.domain import Channel, Status
from notifications.pages.access import StaffMember
from notifications.pages.mail_answers import in_words
from shared import pages
from shared.runtime.clock import now_by
from shared.runtime.http.reading import Reading

PATH = "/envois"
router = pages.router(PATH)
STATUSES: tuple[Status, ...] = get_args(Status)
_ON_A_PAGE = 50
_LARGEST_POSITION = 2**63 - 1
Ids = Annotated[list[UUID], Query(max_length=journal.MOST_FOUND)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What part of the log is looked at."""

    status: Status | None = None
    channel: Channel | None = None
    events: Sequence[UUID] = ()
    recipients: Sequence[UUID] = ()

    def address(self, **changes: object) -> str:
        """Of the same question with other answers; from the newest on, unless `after` is given."""
        answers = {"status": self.status, "channel": self.channel, "event": self.events, "recipient": self.recipients}
        kept = {name: value for name, value in (answers | changes).items() if value}
        return f"{PATH}?{urlencode(kept, doseq=True)}" if kept else PATH


@router.get("")
async def log(
    *,
    request: Request,
    connection: Reading,
    _staff: StaffMember,
    status: Status | None = None,
    channel: Channel | None = None,
    event: Ids = [],  # noqa: B006 - FastAPI copies it
    recipient: Ids = [],  # noqa: B006
    after: Annotated[int | None, Query(ge=1, le=_LARGEST_POSITION)] = None,
    found: str = "",
    again: str = "",
) -> Response:
    """Newest first. An address that is looked for never stands in the page's own."""
    question = Question(status=status, channel=channel, events=event, recipients=recipient)
    lines = await journal.page(
        connection,
        events=event,
        recipients=recipient,
        status=status,
        channel=channel,
        before=after,
        limit=_ON_A_PAGE + 1,
    )
    shown = lines[:_ON_A_PAGE]
    return pages.render(
        request,
        "sending/log.html",
        question=question,
        lines=[(line, in_words(line)) for line in shown],
        statuses=STATUSES,
        people=await journal.people(connection, recipient) if recipient else [],
        titles=list((await journal.titles(connection, event)).values()) if event else [],
        nothing_found=found == "none",
        again=again if again in {"yes", "no"} else "",
        here=question.address(after=after),
        first=question.address() if after else None,
        next=question.address(after=shown[-1].position) if len(lines) > _ON_A_PAGE else None,
    )


@router.post("/recherche")
async def search(request: Request, _staff: StaffMember, what: Annotated[str, Field()] = "") -> Response:
    """By an address, an event's number or page, or words of its title. Sent as a form: addresses are personal data."""
    words = " ".join(what.replace("\x00", "").split())
    if not words:
        return pages.redirect(PATH)
    async with pages.reading(request) as connection:
        if "@" in words:
            question = Question(recipients=await journal.by_address(connection, words))
        elif id_ := _id_in(words):
            question = Question(events=[id_])
        else:
            question = Question(events=await journal.by_title(connection, words))
    if not (question.events or question.recipients):
        return pages.redirect(f"{PATH}?found=none")
    return pages.redirect(question.address())


@router.post("/{delivery_id}/renvoi")
async def send_again(
    request: Request,
    delivery_id: UUID,
    _staff: StaffMember,
    seen: Annotated[int, Field(ge=0, le=_LARGEST_POSITION)],
    back: Annotated[str, Field(max_length=4000)] = "",
) -> Response:
    """A mail or a webhook that failed for good, once however often the button is pressed."""
    async with pages.changing(request) as connection:
        queued = await again.send_again(connection, id_=delivery_id, seen=seen, now=await now_by(connection))
    here = back if back.startswith(f"{PATH}?") else f"{PATH}?"
    return pages.redirect(f"{here}&again={'yes' if queued else 'no'}".replace("?&", "?"))


def _id_in(words: str) -> UUID | None:
    """The id in an event's address, or alone."""
    try:
        return UUID(words.rstrip("/").rpartition("/")[2])
    except ValueError:
        return None
