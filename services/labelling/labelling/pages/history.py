"""What was decided of an event, and why, from the first decision to the one that holds."""

from uuid import UUID

from fastapi import Request, Response

from labelling.charters import operations as charters
from labelling.decisions import api
from labelling.domain.explanation import explain
from labelling.likenesses import store as events
from labelling.pages import territories
from labelling.pages.members import Member
from labelling.reviews.shown import whole_review
from shared import pages
from shared.pages.languages import language_of
from shared.runtime.clock import now_by
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router("/comite/evenements/{event_id}/decisions")


@router.get("")
async def decisions(request: Request, event_id: UUID, connection: Reading, member: Member) -> Response:
    """Every decision on an event explained, the latest first. Who is referent elsewhere may read it, not decide it."""
    known = (await events.candidates(connection, [event_id])).get(event_id)
    if known is None:
        raise not_found("event", event_id)
    found = (await api.list_decisions(connection, member, event_id)).decisions
    explained = []
    for each in found:
        charter = await charters.read(connection, each.charter_version)
        assert charter is not None  # the database keeps every version that a decision names
        words = explain(decision=each, charter=charter, language=language_of(request))
        explained.append((each, words, list(zip(each.criteria, words.criteria, strict=True))))
    review = await whole_review(connection, event_id, now=await now_by(connection))
    mine = member.role == "staff" or known.event.place.departement in member.departements
    return pages.render(
        request,
        "committee/history.html",
        event=known.event,
        decisions=explained,
        reviewed=review is not None and mine,
        territory_name=territories.name,
    )
