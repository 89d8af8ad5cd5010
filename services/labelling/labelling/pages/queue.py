"""The committee's queue, and deciding many at once."""

from datetime import datetime
from itertools import groupby

from fastapi import Request, Response
from pydantic import ValidationError

from labelling.charters import store as charters
from labelling.likenesses import store as likenesses
from labelling.pages import territories
from labelling.pages.dues import Due
from labelling.pages.members import Member
from labelling.pages.questions import Question
from labelling.pages.refusals import in_words
from labelling.pages.told import told
from labelling.reviews import api, operations
from labelling.reviews.shown import Review
from shared import pages
from shared.pages import Form
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router("/comite")
_PER_PAGE = 50


@router.get("")
async def queue(request: Request, connection: Reading, member: Member) -> Response:
    """What waits for the committee, the most urgent first."""
    return await _page(request, connection, member, form=Form())


@router.post("/decisions")
async def decide_many(request: Request, member: Member) -> Response:
    """Decide those that are ticked with one reason; each has a result of its own."""
    entered = await request.form()
    try:
        wanted = api.Settlements.model_validate(
            {
                "event_ids": entered.getlist("event_ids"),
                "verdict": entered.get("verdict"),
                "reason": entered.get("reason", ""),
            }
        )
    except ValidationError as error:
        form = Form(entered, pages.faults_of(error))
        async with pages.reading(request) as connection:
            return await _page(request, connection, member, form=form, status=422)
    async with pages.changing(request) as connection:
        results = await operations.settle_many(
            connection,
            list(dict.fromkeys(wanted.event_ids)),
            verdict=wanted.verdict,
            reason=wanted.reason,
            caller=member,
            now=await now_by(connection),
        )
        events = await likenesses.candidates(connection, wanted.event_ids)
    return pages.render(
        request,
        "committee/decided.html",
        results=results,
        titles={id_: each.event.title for id_, each in events.items()},
        decided=sum(each.decision is not None for each in results),
        wanted=wanted,
        in_words=in_words,
        back=Question.read(request.query_params).address(),
    )


async def _page(request: Request, connection: Connection, member: Caller, *, form: Form, status: int = 200) -> Response:
    question = Question.read(request.query_params)
    now = await now_by(connection)
    found = await api.list_reviews(
        connection=connection,
        caller=member,
        status=question.status,
        departement=question.departement,
        edition_id=question.edition_id,
        claimed_by=question.whose,
        after=question.after,
        limit=_PER_PAGE,
    )
    level = await api.get_service_level(connection, member, edition_id=question.edition_id)
    return pages.render(
        request,
        "committee/queue.html",
        status=status,
        question=question,
        groups=_by_due(found.reviews, now=now, open_=question.status == "open"),
        number=len(found.reviews),
        next=question.address(after=found.next) if found.next else None,
        level=level.whole,
        departements=territories.waiting(level.territories),
        editions=await editions(connection),
        territory_name=territories.name,
        form=form,
        told=await told(request, connection),
    )


async def editions(connection: Connection) -> list[str]:
    """The editions that a charter is in force for, the latest first."""
    return sorted({each for row in await charters.read_all(connection) for each in row["in_force_for"]}, reverse=True)


def _by_due(reviews: list[Review], *, now: datetime, open_: bool) -> list[tuple[str, list[tuple[Review, Due]]]]:
    """Reviews under `late`, `today` and `later`; those that are open no longer under `ended`."""
    dated = [(each, Due.of(each.due_before, now=now)) for each in reviews]
    if not open_:
        return [("ended", dated)] if dated else []
    rank = {"late": 0, "today": 1, "later": 2}
    dated.sort(key=lambda each: rank[each[1].kind])
    return [(kind, list(group)) for kind, group in groupby(dated, key=lambda each: each[1].kind)]
