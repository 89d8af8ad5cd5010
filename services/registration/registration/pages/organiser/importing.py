"""Bringing events in a file, and the report of what became of each row."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from starlette.datastructures import UploadFile

from registration.imports import store
from registration.imports.event_rows import EventImport
from registration.imports.operations import Run
from registration.imports.reading import Limits
from registration.imports.rows import EventRow, read_events
from registration.pages.organiser.access import Organiser
from registration.pages.programme import current_edition
from registration.settings import Settings
from shared import pages
from shared.pages import Fault, Form
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading

router = pages.router("/organisateur/import")
_PIECE = 64 * 1024
_PER_PAGE = 100


@router.get("")
async def ask(request: Request, organiser_id: Organiser, connection: Reading) -> Response:  # noqa: ARG001 - it is only for them
    """Where the file is chosen."""
    edition = await current_edition(connection)
    return pages.render(request, "organiser/import.html", edition=edition, form=Form())


@router.post("")
async def take(request: Request, organiser_id: Organiser) -> Response:
    """Take in all rows that can be; the report says what became of the others."""
    async with pages.reading(request) as connection:
        edition = await current_edition(connection)
    if edition is None:
        raise Problem(409, "No edition is open", "Events can be proposed once the next edition is announced.")
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.size:
        form = Form({}, [Fault(field="file", kind="missing")])
        return pages.render(request, "organiser/import.html", status=422, edition=edition, form=form)
    settings: Settings = request.app.state.settings
    about = EventImport(edition=edition, organiser_id=organiser_id, by_staff=False)
    run: Run[EventRow] = Run(
        database=request.app.state.database,
        backlog=request.app.state.backlog,
        kind="events",
        edition_id=edition.id,
        subject=str(organiser_id),
        apply=lambda connection, rows, now: about.apply(connection, rows, now=now),
    )
    limits = Limits(total_bytes=settings.import_max_bytes, batch_rows=settings.import_chunk_rows)
    batches = read_events(chunks=_chunks(file), content_type=None, content_encoding=None, limits=limits)
    try:
        async with request.app.state.imports.turn():
            await run.run(batches)
    finally:
        await file.close()
    return pages.redirect(f"/organisateur/import/{run.id}")


@router.get("/{import_id}")
async def report(
    request: Request,
    import_id: UUID,
    organiser_id: Organiser,
    connection: Reading,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """What became of a file, row by row."""
    row = await store.read(connection, import_id)
    if row is None or row["subject"] != str(organiser_id):
        raise not_found("import", import_id)
    problems = await store.problems(connection, import_id, after=after, limit=_PER_PAGE)
    more = f"/organisateur/import/{import_id}?after={after + _PER_PAGE}" if len(problems) == _PER_PAGE else None
    return pages.render(
        request,
        "organiser/report.html",
        report=row,
        detail=store.words_of(row, "detail"),
        problems=[(each, store.words_of(each, "reason")) for each in problems],
        next=more,
    )


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece
