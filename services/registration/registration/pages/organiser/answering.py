"""Answering a postponement: the new dates suit, others do, or the event is withdrawn."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form as Field
from fastapi import Request, Response

from registration.acts import answers
from registration.acts.content import AnswerContent
from registration.editions import store as editions
from registration.events import store as events
from registration.pages.organiser.access import Organiser, own_event
from shared import pages
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found

router = pages.router("/organisateur/evenements/{event_id}/reponse")
Entered = Annotated[str, Field()]


@router.get("")
async def question(request: Request, event_id: UUID, organiser_id: Organiser) -> Response:
    """The old dates, the new ones, and the three answers."""
    async with pages.reading(request) as connection:
        return await _page(request, connection, organiser_id, event_id)


@router.post("")
async def answer(
    request: Request, event_id: UUID, organiser_id: Organiser, act: Entered = "", answer: Entered = ""
) -> Response:
    """Keep the new dates, or withdraw. Other dates are given in the event's own form."""
    if answer not in {"confirm", "withdraw"} or not (act.isdecimal() and int(act[:9]) > 0):
        raise not_found("answer", answer[:20])
    content = AnswerContent.model_validate({"answer": answer, "act": int(act[:9])})
    try:
        async with pages.changing(request) as connection:
            await own_event(connection, organiser_id, event_id)
            event = await events.read(connection, event_id)
            assert event is not None
            await answers.answer(connection, event, content, now=await now_by(connection))
    except Problem as problem:
        if problem.status != 409:  # noqa: PLR2004 - late, superseded, or withdrawn meanwhile
            raise
        async with pages.reading(request) as connection:
            return await _page(request, connection, organiser_id, event_id, refused=problem, status=409)
    request.app.state.acts.wake()
    return pages.redirect(f"/organisateur/evenements/{event_id}")


async def _page(
    request: Request,
    connection: Connection,
    organiser_id: UUID,
    event_id: UUID,
    *,
    refused: Problem | None = None,
    status: int = 200,
) -> Response:
    event = await own_event(connection, organiser_id, event_id)
    stored = await events.read(connection, event_id)
    assert stored is not None
    edition = await editions.read(connection, event.edition_id)
    return pages.render(
        request,
        "organiser/answer.html",
        status=status,
        event=event,
        edition=edition,
        before=_pairs(stored.previous_slots),
        refused=refused,
    )


def _pairs(slots: Any) -> list[tuple[datetime, datetime]]:
    return [(slot.begin, slot.end) for slot in slots]
