"""How well the committee keeps its promise, by territory."""

from fastapi import Request, Response

from labelling.pages import queue, territories
from labelling.pages.members import Member
from labelling.pages.questions import Question
from labelling.reviews import api
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router("/comite/delais")


@router.get("")
async def service_level(request: Request, connection: Reading, member: Member) -> Response:
    """Waiting, late, and the average time, in all and by territory; referents see their own."""
    question = Question.read(request.query_params)
    level = await api.get_service_level(connection, member, edition_id=question.edition_id)
    return pages.render(
        request,
        "committee/service_level.html",
        level=level,
        question=question,
        editions=await queue.editions(connection),
        territory_name=territories.name,
    )
