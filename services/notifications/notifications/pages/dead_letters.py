"""Dead letters of all services: what it was, why it was laid aside, in words; sending it again, or discarding it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_args
from uuid import UUID

from aiokafka.errors import KafkaError
from fastapi import Request, Response

from notifications.laid_aside import operations
from notifications.pages import letters as entries
from notifications.pages.access import StaffMember
from shared import pages
from shared.contracts.topics import DEAD_LETTERS, SERVICES, Service
from shared.pages import Fault, Form
from shared.runtime.http.problems import Problem
from shared.runtime.letters import Letters, State

PATH = "/envois/rebuts"
router = pages.router(PATH)
STATES: tuple[State, ...] = get_args(State)
_MOST = 200
_LONGEST_REASON = 500
_PATIENCE_SECONDS = 20.0


@router.get("")
async def dead_letters(request: Request, _staff: StaffMember, state: State = "open", done: str = "") -> Response:
    """The last ones of each service, newest first; those that somebody has to look at unless others are asked for."""
    return await _page(request, state=state, done=done)


@router.post("/{service}/{id_}/renvoi")
async def send_again(request: Request, service: Service, id_: UUID, _staff: StaffMember) -> Response:
    """To the one service that has laid it aside; what fails again is laid aside again."""
    async with _answering(), pages.changing(request) as connection:
        await operations.send_again(connection, _letters(request), service=service, id_=id_)
    return pages.redirect(f"{PATH}?done=sent")


@router.post("/{service}/{id_}/classement")
async def discard(request: Request, service: Service, id_: UUID, staff: StaffMember) -> Response:
    """Nothing is to be done about it, and why."""
    form = await request.form()
    field = f"why-{id_}"
    why = " ".join(str(form.get(field) or "").replace("\x00", "").split())
    if not why or len(why) > _LONGEST_REASON:
        fault = Fault(field=field, kind="string_too_long" if why else "missing", values={"max_length": _LONGEST_REASON})
        return await _page(request, form=Form({field: why}, [fault]))
    async with _answering(), pages.changing(request) as connection:
        await operations.discard(connection, _letters(request), service=service, id_=id_, by=staff.subject, why=why)
    return pages.redirect(f"{PATH}?done=discarded")


async def _page(request: Request, *, state: State = "open", done: str = "", form: Form | None = None) -> Response:
    letters = _letters(request)
    async with _answering():
        found = await asyncio.gather(*(letters.read(service, last=_MOST) for service in SERVICES))
    newest = sorted(
        (letter for each in found for letter in each if letter.state == state),
        key=lambda letter: letter.at,
        reverse=True,
    )[:_MOST]
    return pages.render(
        request,
        "sending/dead_letters.html",
        status=422 if form else 200,
        entries=await entries.entries(request, newest),
        most=_MOST,
        days=DEAD_LETTERS["notifications"].retention.days,
        state=state,
        states=STATES,
        done=done if done in {"sent", "discarded"} else "",
        form=form or Form(),
    )


def _letters(request: Request) -> Letters:
    return Letters(bootstrap_servers=request.app.state.settings.kafka_bootstrap_servers)


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except (KafkaError, TimeoutError):
        raise Problem(503, "Not available", "Kafka, which keeps dead letters, does not answer; try again.") from None
