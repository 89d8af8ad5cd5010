"""Possible duplicates of an edition, in groups for one look."""

from uuid import UUID

from fastapi import Request, Response

from labelling.likenesses import api
from labelling.pages import queue, territories
from labelling.pages.members import Member
from labelling.pages.questions import Question
from labelling.reviews import api as reviews
from shared import pages
from shared.pages import Form
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router("/comite/doublons")


@router.get("")
async def duplicates(request: Request, connection: Reading, member: Member) -> Response:
    """Groups with an event that waits for the committee; with `all`, decided ones too."""
    question = Question.read(request.query_params)
    editions = await queue.editions(connection)
    if not editions:
        return pages.render(request, "committee/duplicates.html", found=None, editions=[], question=question)
    edition_id = question.edition_id or editions[0]
    everything = request.query_params.get("all") == "yes"
    found = await api.list_likenesses(
        connection=connection,
        caller=member,
        edition_id=edition_id,
        departement=question.departement,
        in_review=not everything,
        after=_id(question.after),
    )
    level = await reviews.get_service_level(connection, member, edition_id=edition_id)
    return pages.render(
        request,
        "committee/duplicates.html",
        found=found,
        question=question,
        edition_id=edition_id,
        editions=editions,
        everything=everything,
        departements=territories.waiting(level.territories),
        territory_name=territories.name,
        form=Form(),
        address=_address,
        next=_address(question, everything=everything, after=str(found.next)) if found.next else None,
    )


def _address(question: Question, *, everything: bool, **changes: str) -> str:
    """The page's own, with those that are decided or without."""
    address = question.address("/comite/doublons", **changes)
    return f"{address}{'&' if '?' in address else '?'}all=yes" if everything else address


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise not_found("page", text) from None
