"""An organiser reads why an event was refused, and asks once that somebody else looks at it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import ValidationError

from labelling.appeals import operations
from labelling.appeals.api import Appeal
from labelling.charters import operations as charters
from labelling.decisions.api import visible
from labelling.domain.explanation import explain
from labelling.likenesses import store as events
from labelling.pages.refusals import in_words
from shared import pages
from shared.pages import Form
from shared.pages.languages import language_of
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem
from shared.runtime.tokens import Caller

router = pages.router("/recours/{decision_id}")
Appellant = Annotated[Caller, Depends(pages.only_for("organiser", "staff"))]
_NOT_NOW = 409


@router.get("")
async def question(request: Request, decision_id: UUID, caller: Appellant) -> Response:
    """The decision explained, and the form where an appeal is possible."""
    async with pages.reading(request) as connection:
        return await _page(request, connection, caller, decision_id, form=Form())


@router.post("")
async def appeal(request: Request, decision_id: UUID, caller: Appellant) -> Response:
    """Put it before the committee again; what cannot be is said, and nothing written is lost."""
    entered = await request.form()
    try:
        wanted = Appeal.model_validate({"reason": entered.get("reason", "")})
    except ValidationError as error:
        form = Form(entered, pages.faults_of(error))
        async with pages.reading(request) as connection:
            return await _page(request, connection, caller, decision_id, form=form, status=422)
    try:
        async with pages.changing(request) as connection:
            refused = await visible(connection, decision_id, caller)
            await operations.appeal(connection, refused, reason=wanted.reason, now=await now_by(connection))
    except Problem as problem:
        if problem.status != _NOT_NOW:
            raise
        async with pages.reading(request) as connection:
            return await _page(request, connection, caller, decision_id, form=Form(entered), status=_NOT_NOW)
    if caller.role == "staff":
        return pages.redirect(f"/comite/evenements/{refused.event_id}/decisions")
    return pages.redirect(f"/organisateur/evenements/{refused.event_id}?recours=envoye")


async def _page(
    request: Request, connection: Connection, caller: Caller, decision_id: UUID, *, form: Form, status: int = 200
) -> Response:
    decision = await visible(connection, decision_id, caller)
    charter = await charters.read(connection, decision.charter_version)
    assert charter is not None  # the database keeps every version that a decision names
    words = explain(decision=decision, charter=charter, language=language_of(request))
    event = (await events.candidates(connection, [decision.event_id])).get(decision.event_id)
    back = "/comite/evenements/{}/decisions" if caller.role == "staff" else "/organisateur/evenements/{}"
    return pages.render(
        request,
        "appeal/appeal.html",
        status=status,
        decision=decision,
        explained=words,
        criteria=list(zip(decision.criteria, words.criteria, strict=True)),
        title=event.event.title if event else "",
        back=back.format(decision.event_id),
        why_not=await operations.why_not(connection, decision),
        in_words=in_words,
        form=form,
    )
