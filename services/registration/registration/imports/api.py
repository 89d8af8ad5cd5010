"""HTTP routes of imports. The body is a stream: it is never held as a whole."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from registration.caller import organiser_of, own_id
from registration.editions import store as editions
from registration.imports import keys, store
from registration.imports.event_rows import EventImport
from registration.imports.operations import Run
from registration.imports.participation_rows import ParticipationImport
from registration.imports.reading import ImportRefused, Limits
from registration.imports.rows import EventRow, Parsed, ParticipationRow, read_events, read_participations
from registration.organisers import store as organisers
from registration.settings import Settings
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection, Database
from shared.runtime.http.once import IdempotencyKey
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/imports", tags=["imports"])
Author = Annotated[Caller, Depends(require("organiser", "staff"))]
Edition = Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020"])]
Row = TypeVar("Row")
_SHOWN = 100


class ImportProblem(BaseModel):
    """Why a row, or a field of it, was not taken, and what to do; `words` says the reason in both languages."""

    number: int
    line: int
    field: str | None
    reason: str
    words: Bilingual


class ImportReport(BaseModel):
    """What became of a file. The same file again: all rows `unchanged`. `words` says the detail in both languages."""

    id: UUID
    kind: Literal["events", "participations"]
    edition_id: str
    status: Literal["running", "finished", "refused", "interrupted"]
    detail: str
    words: Bilingual
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    started_at: datetime
    finished_at: datetime | None
    problems: list[ImportProblem]
    more_problems: str | None


_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {"schema": {"type": "string", "format": "binary"}},
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_LINES = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/events", openapi_extra=_BODIES)
async def import_events(
    request: Request,
    caller: Author,
    edition: Edition,
    organiser_id: Annotated[UUID | None, Query(description="Organiser of all rows")] = None,
    *,
    receipts: Annotated[bool, Query(description="Mail each organiser a receipt for each event")] = False,
    key: IdempotencyKey = None,
) -> ImportReport:
    """
    Submit and amend events from CSV or NDJSON, gzip accepted; OpenAgenda's export too.

    Rows are recognised by organiser and reference. Good rows go in, bad rows are reported.
    """
    if caller.role == "organiser":
        organiser_id = organiser_of(caller, organiser_id)
    database: Database = request.app.state.database
    found = await _edition(database, edition)
    if organiser_id is not None:
        async with database.reading() as connection:
            if await organisers.read(connection, organiser_id) is None:
                raise not_found("organiser", organiser_id)
    by_staff = caller.role == "staff"
    about = EventImport(edition=found, organiser_id=organiser_id, by_staff=by_staff, notify=receipts)
    run: Run[EventRow] = Run(
        database=database,
        backlog=request.app.state.backlog,
        kind="events",
        edition_id=edition,
        subject=caller.subject,
        apply=lambda connection, rows, now: about.apply(connection, rows, now=now),
    )
    body = keys.Body(request)
    batches = read_events(chunks=body.chunks(), **_described(request))
    return await keys.once(request, body, caller, key, lambda: _answer(run, batches))  # type: ignore[return-value]


@router.post("/participations", openapi_extra=_LINES)
async def import_participations(
    request: Request,
    caller: Author,
    edition: Edition,
    *,
    notify: Annotated[bool, Query(description="Mail a confirmation to each address")] = False,
    key: IdempotencyKey = None,
) -> ImportReport:
    """Sign people up from NDJSON, gzip accepted. Capacity holds as for single sign-ups."""
    database: Database = request.app.state.database
    await _edition(database, edition)
    own = own_id(caller) if caller.role == "organiser" else None
    about = ParticipationImport(edition_id=edition, organiser_id=own, notify=notify)
    run: Run[ParticipationRow] = Run(
        database=database,
        backlog=request.app.state.backlog,
        kind="participations",
        edition_id=edition,
        subject=caller.subject,
        apply=lambda connection, rows, now: about.apply(connection, rows, now=now),
    )
    body = keys.Body(request)
    batches = read_participations(chunks=body.chunks(), **_described(request))
    return await keys.once(request, body, caller, key, lambda: _answer(run, batches))  # type: ignore[return-value]


@router.get("/{import_id}")
async def get_import(import_id: UUID, caller: Author, connection: Reading) -> ImportReport:
    """The report of an import, also while it runs."""
    report = await _report(connection, import_id)
    row = await store.read(connection, import_id)
    if row is None or (caller.role != "staff" and row["subject"] != caller.subject):
        raise not_found("import", import_id)
    return report


@router.get("/{import_id}/problems")
async def list_problems(
    import_id: UUID,
    caller: Author,
    connection: Reading,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[ImportProblem]:
    """Problems after a number, in order of their lines within each batch."""
    row = await store.read(connection, import_id)
    if row is None or (caller.role != "staff" and row["subject"] != caller.subject):
        raise not_found("import", import_id)
    found = await store.problems(connection, import_id, after=after, limit=limit)
    return [_problem(each) for each in found]


async def _answer(run: Run[Row], batches: AsyncIterator[Parsed[Row]]) -> Response:
    refusal = await run.run(batches)
    async with run.database.reading() as connection:
        report = await _report(connection, run.id)
    if refusal is None:
        return Response(report.model_dump_json(), media_type="application/json")
    if report.rows == 0:
        raise Problem(422, "The file cannot be read", refusal.reason.en, errors=[_named(refusal)])
    taken = f"{report.created + report.changed} rows before that were taken; the report is /v1/imports/{run.id}."
    raise Problem(
        422, "The file cannot be read further", f"{refusal.reason.en} {taken}",
        errors=[_named(refusal)],
    )  # fmt: skip


def _named(refusal: ImportRefused) -> FieldError:
    """A reason says what is wrong, and behind the colon what to do."""
    detail, _, remedy = refusal.reason.en.partition(": ")
    return FieldError("body", detail, remedy)


async def _report(connection: Connection, import_id: UUID) -> ImportReport:
    row = await store.read(connection, import_id)
    if row is None:
        raise not_found("import", import_id)
    found = await store.problems(connection, import_id, after=0, limit=_SHOWN)
    more = f"/v1/imports/{import_id}/problems?after={_SHOWN}" if len(found) == _SHOWN else None
    return ImportReport(
        **{name: row[name] for name in ImportReport.model_fields if name in row},
        words=store.words_of(row, "detail"),
        problems=[_problem(each) for each in found],
        more_problems=more,
    )


def _problem(row: asyncpg.Record) -> ImportProblem:
    return ImportProblem(
        **{name: row[name] for name in ("number", "line", "field", "reason")}, words=store.words_of(row, "reason")
    )


async def _edition(database: Database, id_: str) -> EditionState:
    async with database.reading() as connection:
        edition = await editions.read(connection, id_)
    if edition is None:
        raise not_found("edition", id_)
    return edition


def _described(request: Request) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    return {
        "content_type": request.headers.get("content-type"),
        "content_encoding": request.headers.get("content-encoding"),
        "limits": Limits(total_bytes=settings.import_max_bytes, batch_rows=settings.import_chunk_rows),
    }
