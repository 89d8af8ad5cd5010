"""HTTP: the counters of an edition, and their changes as a stream."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from shared.runtime.database import Database
from shared.runtime.http.conditional import IfNoneMatch, is_known
from shared.runtime.http.problems import FieldError, Problem
from shared.runtime.http.streams import EventStream
from stats import operations
from stats.board import Board
from stats.domain import ANY_EVENT, Figures, Filters, default_edition
from stats.feed import Feed, document, entity_tag
from stats.questions import STREAM_EXAMPLE, Counters, CountersQuestion, StreamQuestion
from stats.viewers import Viewers

_COUNTERS_ANSWERS: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the answer with this ETag"},
}
_STREAM_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, without end",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": STREAM_EXAMPLE}},
    },
}


def routes(*, board: Board, database: Database, viewers: Viewers) -> APIRouter:
    """The routes under `/v1/counters`."""
    router = APIRouter(prefix="/v1/counters", tags=["counters"])

    @router.get("", response_model=Counters, responses=_COUNTERS_ANSWERS)
    async def read_counters(
        question: Annotated[CountersQuestion, Query()],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """
        The counters of an edition: events, people announced, people who came.

        Every dimension but `status` counts the events in the programme or on their way (submitted, in review,
        labelled); refused and withdrawn ones are counted under `status` alone, unless `status` is asked for.
        Events cancelled with their edition are counted under `status` and `occurrence` alone, unless `occurrence`
        is asked for; events postponed without dates have no hour.
        An event counts once under each of its themes, audiences and hours, so these do not add up to the total.
        A value without events is left out. `unknown` is the région and département of a place whose commune
        is not known.
        """
        feed = _feed(board, question.edition)
        as_of, figures = await _figures(feed, question.filters(), database)
        wanted = {each: figures[each] for each in question.dimension or figures if each in figures}
        tag = entity_tag(edition_id=feed.edition_id, figures=wanted)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if is_known(if_none_match, tag):
            return Response(status_code=304, headers=headers)
        content = orjson.dumps(document(edition_id=feed.edition_id, as_of=as_of, figures=wanted))
        return Response(content, headers=headers, media_type="application/json")

    @router.get("/stream", response_class=StreamingResponse, responses=_STREAM_ANSWERS)
    async def stream_counters(
        question: Annotated[StreamQuestion, Query()],
        last_event_id: Annotated[str | None, Header(description="The last `id` read: resumes after it")] = None,
    ) -> Response:
        """
        The counters of an edition as server-sent events; their data have the form of `/v1/counters`.

        First `snapshot`, with all tallies; then `change`, at most four times a second, with the tallies that have
        changed, zeros where a value has lost its last event. Another `snapshot` replaces everything: it comes to
        who was too slow or away too long, or asks another process. A comment every 15 seconds keeps the line open.
        """
        events = viewers.watch(_feed(board, question.edition), last_event_id=last_event_id)
        return EventStream(events)

    return router


def _feed(board: Board, edition_id: str | None) -> Feed:
    if edition_id is None:
        edition = default_edition(board.editions)
        if edition is None:
            raise Problem(404, "Not found", "There is no edition yet.")
        edition_id = edition.id
    if edition_id not in board.editions:
        known = ", ".join(sorted(board.editions)) or "none yet"
        error = FieldError("query.edition", f"There is no edition {edition_id}.", f"Known editions: {known}.")
        raise Problem(422, "The request has errors", "Correct the fields named and send it again.", errors=[error])
    return board.feed(edition_id)


async def _figures(feed: Feed, filters: Filters, database: Database) -> tuple[datetime | None, Figures]:
    """The board's figures; counted now where there are filters, and kept until something changes."""
    if filters == ANY_EVENT:
        return feed.as_of, feed.figures
    if known := feed.filtered.get(filters):
        return known
    number = feed.number
    as_of = datetime.now(UTC)
    async with database.reading() as connection:
        figures = await operations.figures(connection, edition_id=feed.edition_id, filters=filters)
    if number == feed.number:
        feed.remember(filters, figures=figures, as_of=as_of)
    return as_of, figures
