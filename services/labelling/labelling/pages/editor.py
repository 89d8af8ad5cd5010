"""The charter editor: a text, what is wrong with it by line, what it would change, and publishing it."""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from labelling.charters import drafts as content
from labelling.charters import operations as charters
from labelling.charters import store
from labelling.decisions import operations as decisions
from labelling.domain.charter import Charter
from labelling.domain.differences import differences
from labelling.domain.simulation import moves
from labelling.pages import drafts, queue, territories
from labelling.pages.members import StaffMember
from labelling.redecisions import operations as redecisions
from labelling.simulations import operations as simulations
from shared import pages
from shared.contracts.base import Bilingual
from shared.pages import Form
from shared.runtime.database import Database
from shared.runtime.http.problems import Problem
from shared.runtime.http.reading import Reading

router = pages.router("/comite/brouillon")
Redecide = Literal["none", "open", "all"]
_PER_PAGE = 50


@router.get("")
async def begin(request: Request, connection: Reading, member: StaffMember) -> Response:  # noqa: ARG001 - lets staff in
    """A text to begin with: that of the version `since`, else of the latest."""
    known = [row["version"] for row in await store.read_all(connection)]
    since = request.query_params.get("since") or next(iter(known), "")
    charter = await charters.read(connection, since)
    text = drafts.text_of(charter) if charter else ""
    editions = await queue.editions(connection)
    return _page(request, Form({"text": text, "edition": next(iter(editions), ""), "since": since}), editions)


@router.post("")
async def simulate(request: Request, member: StaffMember) -> Response:  # noqa: ARG001
    """What the text would change; nothing is published."""
    entered = await _entered(request)
    charter = await _charter(request, entered)
    if isinstance(charter, Response):
        return charter
    database: Database = request.app.state.database
    found = await simulations.simulate(
        database,
        charter,
        edition_id=str(entered.value("edition")),
        after=_id(str(entered.value("after"))),
        limit=_PER_PAGE,
        turn=request.app.state.simulating,
        now=datetime.now(UTC),
    )
    async with pages.reading(request) as connection:
        editions = await queue.editions(connection)
        before = await charters.read(connection, str(entered.value("since")))
    return _page(request, entered, editions, charter=charter, found=found, before=before)


@router.post("/publication")
async def publish(request: Request, member: StaffMember) -> Response:  # noqa: ARG001
    """Publish the text that was simulated, and decide again what was asked for."""
    entered = await _entered(request)
    charter = await _charter(request, entered)
    if isinstance(charter, Response):
        return charter
    if entered.value("simulated") != _digest(str(entered.value("text"))):
        return await _refused(request, entered, "simulate_first")
    redecide = next((each for each in get_args(Redecide) if each == entered.value("redecide")), None)
    if redecide is None:
        return await _refused(request, entered, "choose")
    now = datetime.now(UTC)
    try:
        async with pages.changing(request) as connection:
            await charters.publish(connection, charter, now=now)
            await decisions.decide_waiting(connection, now=now)
            if redecide != "none":
                await redecisions.begin(connection, charter.version, scope=redecide, now=now)
    except Problem as problem:
        if problem.status not in {409, 422}:
            raise
        return await _wrong(request, entered, problem)
    return pages.redirect(f"/comite/chartes/{charter.version}")


async def _entered(request: Request) -> Form:
    """Browsers send every end of a line as two characters."""
    form = await request.form()
    names = ("edition", "since", "after", "simulated", "redecide")
    text = str(form.get("text", "")).replace("\r\n", "\n")
    return Form({"text": text, **{name: str(form.get(name, "")) for name in names}})


async def _charter(request: Request, entered: Form) -> Charter | Response:
    """The charter that the text is, or the page with what is wrong with it."""
    try:
        return await asyncio.to_thread(content.draft, str(entered.value("text")).encode())
    except (Problem, RequestValidationError) as error:
        return await _wrong(request, entered, error)


async def _wrong(request: Request, entered: Form, error: Problem | RequestValidationError) -> Response:
    found = await asyncio.to_thread(drafts.wrong, error, str(entered.value("text")))
    async with pages.reading(request) as connection:
        return _page(request, entered, await queue.editions(connection), wrong=found, status=422)


async def _refused(request: Request, entered: Form, why: str) -> Response:
    async with pages.reading(request) as connection:
        return _page(request, entered, await queue.editions(connection), why=why, status=422)


def _page(
    request: Request,
    form: Form,
    editions: list[str],
    *,
    wrong: list[drafts.Wrong] | None = None,
    charter: Charter | None = None,
    found: simulations.Simulation | None = None,
    before: Charter | None = None,
    why: str | None = None,
    status: int = 200,
) -> Response:
    return pages.render(
        request,
        "committee/editor.html",
        status=status,
        form=form,
        editions=editions,
        wrong=wrong or [],
        charter=charter,
        found=found,
        compared=differences(before, charter) if before and charter else [],
        criterion_name=_names(before, charter),
        digest=_digest(str(form.value("text"))),
        why=why,
        moves=moves,
        territory_name=territories.name,
    )


def _names(*charters_: Charter | None) -> dict[str, Bilingual]:
    """Of the criteria of both, by the later one if it has them."""
    return {each.criterion: each.name for charter in charters_ if charter for each in charter.criteria}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
