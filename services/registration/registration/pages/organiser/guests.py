"""The guest list, to read and to take along."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from fastapi import Query, Request, Response

from registration.arrivals import store
from registration.guest_lists import operations
from registration.guest_lists import store as lists
from registration.own_events.domain import Own
from registration.pages.organiser.access import Organiser, own_event
from shared import pages
from shared.pages.languages import Texts, language_of
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur/evenements/{event_id}")
_PER_PAGE = 100
_COLUMNS = ("name", "kind", "people", "email", "signed_up_at", "status", "came")
_COMMANDS = ("=", "+", "-", "@", "\t", "\r")
_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""


@router.get("/inscrits")
async def guests(
    request: Request,
    event_id: UUID,
    organiser_id: Organiser,
    connection: Reading,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Who has signed up, by name."""
    event = await own_event(connection, organiser_id, event_id)
    found = await store.guests(
        connection, event_id, active_only=False, limit=_PER_PAGE + 1, offset=(page - 1) * _PER_PAGE
    )
    row = await lists.read_list(connection, event_id)
    here = f"/organisateur/evenements/{event_id}/inscrits"
    return pages.render(
        request,
        "organiser/guests.html",
        event=event,
        list=operations.state_of(row),
        waiting=row["waiting"],
        guests=found[:_PER_PAGE],
        previous=f"{here}?page={page - 1}" if page > 1 else None,
        next=f"{here}?page={page + 1}" if len(found) > _PER_PAGE else None,
    )


@router.get("/inscrits.csv")
async def download(request: Request, event_id: UUID, organiser_id: Organiser, connection: Reading) -> Response:
    """The whole list for a spreadsheet: semicolons, as French ones expect."""
    event = await own_event(connection, organiser_id, event_id)
    rows = await store.guests(connection, event_id, active_only=False)
    texts = pages.site_of(request).environments[language_of(request)].globals["t"]
    assert isinstance(texts, Texts)
    written = StringIO()
    csv.writer(written, delimiter=";").writerows(_lines(rows, event, texts))
    headers = {
        "Content-Disposition": f'attachment; filename="{texts("guests.file")}.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response(_MARK + written.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _lines(rows: list[asyncpg.Record], event: Own, texts: Texts) -> Iterator[list[str]]:
    yield [texts(f"guests.column.{name}") for name in _COLUMNS]
    zone = ZoneInfo(event.time_zone)
    for row in rows:
        said = {
            "name": row["name"],
            "kind": texts(f"guests.kind.{row['kind']}"),
            "people": str(row["people"]),
            "email": row["email"] or "",
            "signed_up_at": row["signed_up_at"].astimezone(zone).strftime("%d/%m/%Y %H:%M"),
            "status": texts(f"guests.status.{row['status']}"),
            "came": str(row["came"] or ""),
        }
        yield [_harmless(said[name]) for name in _COLUMNS]


def _harmless(text: str) -> str:
    """A spreadsheet takes what begins like this for a formula, and runs it."""
    return f"'{text}" if text.startswith(_COMMANDS) else text
