"""HTTP routes of feeds and open data: public, conditional, and losing nothing between pages."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from registration.feeds import operations, store
from registration.feeds.domain import Entry, Selection, State
from registration.feeds.formats import open_agenda, syndication
from registration.feeds.formats.parquet import parquet
from registration.programme.calendars import calendar
from registration.programme.structured import structured
from registration.settings import Settings
from shared.contracts.base import Identifier, Language
from shared.contracts.registration import EditionState
from shared.runtime.database import Database
from shared.runtime.http.conditional import IfNoneMatch, is_known

router = APIRouter(prefix="/v1/feeds", tags=["feeds"])
_LATEST = 100
_KEPT = {"Cache-Control": "public, max-age=60"}
_MOST = 1000
_MOST_ROWS = 100_000


async def _selection(
    edition: Annotated[Identifier, Query(examples=["2020"])],
    territory: Annotated[str | None, Query(max_length=3, description="44, or R52 for a region")] = None,
    organiser: UUID | None = None,
) -> Selection:
    return Selection(edition_id=edition, territory=territory, organiser_id=organiser)


Selected = Annotated[Selection, Depends(_selection)]
In = Annotated[Language, Query(description="Language of what the feed itself says")]
After = Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before")]
UpdatedAfter = Annotated[
    AwareDatetime | None,
    Query(description="An `updatedat` already read: tells what has changed, and what is gone, since"),
]


class OpenAgendaPage(BaseModel):
    """Events in the columns of OpenAgenda's export. Of an event that is gone: `uid`, `updatedat`, `deletedat`."""

    events: list[dict[str, Any]]
    next: int | None = Field(description="Ask for the next page with `after`; null at the end")
    position: int = Field(description="Where this page ends: ask later with `after` for what has changed since")


def _answers(media_type: str, *, type_: str = "string") -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {media_type: {"schema": {"type": type_}}}},
        304: {"description": "Nothing has changed since the answer with this ETag"},
    }


_ICS, _ATOM, _RSS = "text/calendar", "application/atom+xml", "application/rss+xml"
_LD, _PARQUET, _CSV = "application/ld+json", "application/vnd.apache.parquet", "text/csv"


@router.get("/events.ics", response_class=Response, responses=_answers(_ICS))
async def subscribe_calendar(
    request: Request, selection: Selected, if_none_match: IfNoneMatch = None, language: In = "fr"
) -> Response:
    """A calendar to subscribe to: of an edition, a territory, an organiser. What has left it stays, as cancelled."""

    def written(entries: list[Entry], edition: EditionState) -> bytes:
        events = [(each.event, each.gone) for each in entries if not each.gone or _left(each, selection)]
        return calendar(events, public_url=_public_url(request), name=edition.name.in_language(language))

    return await _whole(request, selection, if_none_match, _ICS, written)


@router.get("/events.atom", response_class=Response, responses=_answers(_ATOM))
async def follow_atom(
    request: Request, selection: Selected, if_none_match: IfNoneMatch = None, language: In = "fr"
) -> Response:
    """The hundred events that changed last, as Atom."""
    return await _syndicated(request, selection, if_none_match, language, _ATOM, syndication.atom)


@router.get("/events.rss", response_class=Response, responses=_answers(_RSS))
async def follow_rss(
    request: Request, selection: Selected, if_none_match: IfNoneMatch = None, language: In = "fr"
) -> Response:
    """The hundred events that changed last, as RSS 2.0."""
    return await _syndicated(request, selection, if_none_match, language, _RSS, syndication.rss)


@router.get("/events.jsonld", response_class=Response, responses=_answers(_LD, type_="object"))
async def read_structured(request: Request, selection: Selected, if_none_match: IfNoneMatch = None) -> Response:
    """The programme in the terms of schema.org, with previous dates, postponements and cancellations."""

    def written(entries: list[Entry], _edition: EditionState) -> bytes:
        url = _public_url(request)
        there = [each for each in entries if not each.gone]
        graph = [slot for each in there for slot in structured(each.event, places=each.places, public_url=url)]
        return orjson.dumps({"@context": "https://schema.org/", "@graph": graph})

    return await _whole(request, selection, if_none_match, _LD, written)


@router.get("/events.parquet", response_class=Response, responses=_answers(_PARQUET))
async def download_parquet(request: Request, selection: Selected, if_none_match: IfNoneMatch = None) -> Response:
    """The programme as Apache Parquet, with the figures of its guest lists as they were when it was last written."""

    def written(entries: list[Entry], _edition: EditionState) -> bytes:
        return parquet([each for each in entries if not each.gone])

    return await _whole(request, selection, if_none_match, _PARQUET, written)


@router.get("/events.json", response_model=OpenAgendaPage, responses={304: {"description": "As it was"}})
async def read_open_agenda(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    selection: Selected,
    after: After = 0,
    updated_after: UpdatedAfter = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """
    The programme page by page in the columns of OpenAgenda's export, and what has changed since.

    An event that changes while one reads comes again on a later page. One that leaves the programme, or the
    territory asked for, is told as deleted to who asks with `after` or `updated_after`.
    """
    page, rows = await _open_agenda(request, selection, after=after, updated_after=updated_after, limit=limit)
    position = page.next or max((each.position or 0 for each in page.entries), default=after)
    content = orjson.dumps({"events": rows, "next": page.next, "position": position})
    return _answer(request, content, if_none_match, "application/json", next_=page.next)


@router.get("/events.csv", response_class=Response, responses=_answers(_CSV))
async def download_open_agenda(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    selection: Selected,
    after: After = 0,
    updated_after: UpdatedAfter = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_ROWS)] = _MOST_ROWS,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The same as CSV; where there is more, a `Link` header leads to it."""
    page, rows = await _open_agenda(request, selection, after=after, updated_after=updated_after, limit=limit)
    content = await asyncio.to_thread(open_agenda.table, rows)
    return _answer(request, content, if_none_match, _CSV, next_=page.next)


async def _open_agenda(
    request: Request, selection: Selection, *, after: int, updated_after: datetime | None, limit: int
) -> tuple[operations.Page, list[dict[str, Any]]]:
    database: Database = request.app.state.database
    edition, _ = await operations.standing(database, selection)
    async with database.reading() as connection:
        page = await operations.changes(connection, selection, after=after, updated_after=updated_after, limit=limit)
    agenda, url = edition.name.fr, _public_url(request)
    return page, [open_agenda.row(each, agenda=agenda, public_url=url) for each in page.entries]


async def _syndicated(  # noqa: PLR0917 - what its two callers have
    request: Request,
    selection: Selection,
    if_none_match: str | None,
    language: Language,
    media_type: str,
    write: Callable[..., bytes],
) -> Response:
    database: Database = request.app.state.database
    edition, state = await operations.standing(database, selection)
    headers = _headers(request, state)
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    async with database.reading() as connection:
        entries = await store.latest(connection, selection, limit=_LATEST)
    url = _public_url(request)
    address = f"{url}{request.url.path}?{request.url.query}"
    title = edition.name.in_language(language)
    content = write(entries, title=title, language=language, public_url=url, address=address)
    return Response(content, headers=headers, media_type=media_type)


async def _whole(
    request: Request,
    selection: Selection,
    if_none_match: str | None,
    media_type: str,
    write: Callable[[list[Entry], EditionState], bytes],
) -> Response:
    """The whole selection in one answer, written beside the event loop, one such answer at a time."""
    database: Database = request.app.state.database
    edition, state = await operations.standing(database, selection)
    headers = _headers(request, state)
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    async with request.app.state.writing_feeds:
        async with database.reading() as connection:
            entries = await store.whole(connection, selection)
        content = await asyncio.to_thread(write, entries, edition)
    return Response(content, headers=headers, media_type=media_type)


def _left(entry: Entry, selection: Selection) -> bool:
    """Whether what is gone was in the selection when it left the programme, as opposed to never having been in it."""
    return selection.holds(entry.event)


def _headers(request: Request, state: State) -> dict[str, str]:
    """The state of the edition's feed decides the answer: what changes gets a later position."""
    asked = f"{request.url.path}?{request.url.query} {_public_url(request)} {state.position}"
    headers = {**_KEPT, "ETag": f'W/"{_digest(asked.encode())}"'}
    if state.changed_at:
        headers["Last-Modified"] = format_datetime(state.changed_at.astimezone(UTC), usegmt=True)
    return headers


def _answer(
    request: Request, content: bytes, if_none_match: str | None, media_type: str, *, next_: int | None
) -> Response:
    headers = {**_KEPT, "ETag": f'"{_digest(content)}"'}
    if next_ is not None:
        query = urlencode([*((k, v) for k, v in request.query_params.multi_items() if k != "after"), ("after", next_)])
        headers["Link"] = f'<{_public_url(request)}{request.url.path}?{query}>; rel="next"'
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _public_url(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.public_url
