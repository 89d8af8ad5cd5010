"""An event that waits for the committee: the event and what the charter says of it, side by side, and what to do."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import ValidationError

from labelling.charters import operations as charters
from labelling.claims import api as claims_api
from labelling.claims import operations as claims
from labelling.decisions import store as decisions
from labelling.likenesses import api as likenesses
from labelling.pages import highlights, territories
from labelling.pages.dues import Due
from labelling.pages.members import Member
from labelling.pages.refusals import in_words
from labelling.pages.told import told
from labelling.reviews import api, operations
from labelling.reviews.shown import WholeReview
from shared import pages
from shared.pages import Fault, Form
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router("/comite/evenements/{event_id}")
Act = Callable[[Connection], Awaitable[Any]]
_SHOWN_ON_THE_PAGE = frozenset({403, 409, 422})


@router.get("")
async def review_page(request: Request, event_id: UUID, connection: Reading, member: Member) -> Response:
    """All that a decision needs."""
    return await _page(request, connection, member, event_id)


@router.post("/decision")
async def decide(request: Request, event_id: UUID, member: Member) -> Response:
    """Decide it with a reason, and go on with the next one."""
    entered = Form(await request.form())
    values = {name: entered.value(name) or None for name in ("verdict", "revision")}
    try:
        wanted = api.Settlement.model_validate({"reason": entered.value("reason"), **values})
    except ValidationError as error:
        return await _again(request, event_id, member, form=entered.with_faults(pages.faults_of(error)))

    async def settle(connection: Connection) -> None:
        await operations.settle(
            connection,
            event_id,
            verdict=wanted.verdict,
            reason=wanted.reason,
            revision=wanted.revision,
            caller=member,
            now=await now_by(connection),
        )

    refused = await _done(request, settle)
    if refused is not None:
        return await _again(request, event_id, member, form=entered, refused=refused)
    async with pages.reading(request) as connection:
        following = await _following(connection, member, await api.get_review(event_id, connection, member))
    return pages.redirect(f"{following or '/comite'}?decided={event_id}")


@router.post("/prise")
async def claim(request: Request, event_id: UUID, member: Member) -> Response:
    """Have it for oneself for a while, or for a while more."""

    async def act(connection: Connection) -> None:
        await claims.claim(connection, event_id, caller=member, now=await now_by(connection))

    return await _simply(request, event_id, member, act, form=Form(), to="#claim")


@router.post("/liberation")
async def release(request: Request, event_id: UUID, member: Member) -> Response:
    """Leave it to the others."""

    async def act(connection: Connection) -> None:
        await claims.release(connection, event_id, caller=member, now=await now_by(connection))

    return await _simply(request, event_id, member, act, form=Form(), to="#claim")


@router.post("/transmission")
async def hand_over(request: Request, event_id: UUID, member: Member) -> Response:
    """Give it to somebody else with a word."""
    entered = Form(await request.form())
    try:
        wanted = claims_api.Handover.model_validate({"to": entered.value("to"), "text": entered.value("word")})
    except ValidationError as error:
        return await _again(request, event_id, member, form=entered.with_faults(_renamed(error, text="word")))

    async def act(connection: Connection) -> None:
        now = await now_by(connection)
        await claims.hand_over(connection, event_id, to=wanted.to, text=wanted.text, caller=member, now=now)

    return await _simply(request, event_id, member, act, form=entered, to="#claim")


@router.post("/commentaires")
async def comment(request: Request, event_id: UUID, member: Member) -> Response:
    """Say something to the others of the committee."""
    entered = Form(await request.form())
    try:
        wanted = claims_api.Comment.model_validate({"text": entered.value("comment")})
    except ValidationError as error:
        return await _again(request, event_id, member, form=entered.with_faults(_renamed(error, text="comment")))

    async def act(connection: Connection) -> None:
        await claims.comment(connection, event_id, text=wanted.text, caller=member, now=await now_by(connection))

    return await _simply(request, event_id, member, act, form=entered, to="#comments")


async def _simply(request: Request, event_id: UUID, member: Caller, act: Act, *, form: Form, to: str) -> Response:
    """Do it and show the page again; when it is refused, with the reason and what was written."""
    refused = await _done(request, act)
    if refused is not None:
        return await _again(request, event_id, member, form=form, refused=refused)
    return pages.redirect(f"/comite/evenements/{event_id}{to}")


async def _done(request: Request, act: Act) -> Problem | None:
    """Why it could not be done, where the page itself can say so."""
    try:
        async with pages.changing(request) as connection:
            await act(connection)
    except Problem as problem:
        if problem.status not in _SHOWN_ON_THE_PAGE:
            raise
        return problem
    return None


async def _again(
    request: Request, event_id: UUID, member: Caller, *, form: Form, refused: Problem | None = None
) -> Response:
    async with pages.reading(request) as connection:
        return await _page(request, connection, member, event_id, form=form, refused=refused)


async def _page(
    request: Request,
    connection: Connection,
    member: Caller,
    event_id: UUID,
    *,
    form: Form | None = None,
    refused: Problem | None = None,
) -> Response:
    review = await api.get_review(event_id, connection, member)
    decision = await decisions.read(connection, review.decision_id)
    assert decision is not None  # the review's own
    charter = await charters.read(connection, decision.charter_version)
    assert charter is not None  # the database keeps every version that a decision names
    following = await _following(connection, member, review)
    found = highlights.terms(review.criteria)
    form = form or Form()
    return pages.render(
        request,
        "committee/review.html",
        status=refused.status if refused else 422 if form.faults else 200,
        review=review,
        event=review.event,
        due=Due.of(review.due_before, now=await now_by(connection)),
        criteria=[(each, charter.criterion_name(each.criterion)) for each in review.criteria],
        charter=charter,
        title=highlights.pieces(review.event.title, found),
        description=highlights.pieces(review.event.description, found),
        groups=(await likenesses.get_likenesses(event_id, connection, member)).groups,
        following=following,
        member=member,
        form=form,
        refused=refused,
        in_words=in_words,
        territory_name=territories.name,
        told=await told(request, connection),
    )


async def _following(connection: Connection, member: Caller, review: WholeReview) -> str | None:
    """The address of the next open review, which is behind this one in the queue or, at its end, its first."""
    behind = f"{review.due_on}_{review.decision_id}"
    for after in (behind, None):
        found = await api.list_reviews(
            connection=connection, caller=member, status="open", claimed_by="anyone", after=after, limit=2
        )
        others = [each for each in found.reviews if each.event_id != review.event_id]
        if others:
            return f"/comite/evenements/{others[0].event_id}"
    return None


def _renamed(error: ValidationError, **names: str) -> list[Fault]:
    """Faults by the names that the fields have on the page."""
    return [
        Fault(field=names.get(each.field, each.field), kind=each.kind, values=each.values)
        for each in pages.faults_of(error)
    ]
