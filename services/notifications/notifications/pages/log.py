"""The log of what was sent to an endpoint, what it answered, and sending it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from notifications.deliveries import store
from notifications.deliveries.domain import Delivery, Status
from notifications.pages.access import PATH, StaffOrPartner, address_of, check_enabled, the_partner
from notifications.pages.answers import Words, in_words
from notifications.partners import operations
from notifications.webhooks import store as webhooks
from shared import pages
from shared.pages import Fault, Form
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = pages.router(f"{PATH}/{{partner_id}}/envois")
_ON_A_PAGE = 50
_LARGEST_POSITION = 2**63 - 1
_PARIS = ZoneInfo("Europe/Paris")
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What part of the log is looked at. `after`: a place in the log, from where on backwards."""

    status: Status | None = None
    event: UUID | None = None
    after: int | None = None
    done: str = ""

    def address(self, partner_id: UUID, **changes: object) -> str:
        """Of the same question with other answers; from the newest on, unless `after` is given."""
        answers = {"status": self.status, "event": self.event} | changes
        kept = {name: value for name, value in answers.items() if value is not None}
        return address_of(partner_id, "/envois") + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A delivery as the page shows it."""

    delivery: Delivery
    type: str
    title: str | None
    answer: Words | None


@router.get("")
async def show_log(
    *,
    request: Request,
    partner_id: UUID,
    connection: Reading,
    caller: StaffOrPartner,
    status: Status | None = None,
    event: UUID | None = None,
    after: Annotated[int | None, Query(ge=1, le=_LARGEST_POSITION)] = None,
    done: Annotated[str, Query(pattern=r"^(test|\d{1,9})?$")] = "",
) -> Response:
    """Newest first."""
    question = Question(status=status, event=event, after=after, done=done)
    return await _page(request, connection, caller, partner_id, question=question, form=Form())


@router.post("/{delivery_id}/rejeu")
async def replay_one(request: Request, partner_id: UUID, delivery_id: UUID, caller: StaffOrPartner) -> Response:
    """Send one again."""
    async with pages.changing(request) as connection:
        check_enabled(await the_partner(connection, caller, partner_id))
        delivery = await store.find(connection, id_=delivery_id)
        if delivery is None or delivery.recipient_id != partner_id:
            raise not_found("delivery", delivery_id)
        now = await now_by(connection)
        queued = await operations.replay_one(connection, id_=partner_id, delivery_id=delivery_id, now=now)
    return pages.redirect(address_of(partner_id, f"/envois?done={int(queued)}"))


@router.post("/rejeu")
async def replay_since(request: Request, partner_id: UUID, caller: StaffOrPartner) -> Response:
    """Send again what was queued since a time, in the time of Paris."""
    entered = Form(await request.form())
    try:
        since = _MOMENT.validate_python(entered.value("since"))
    except ValidationError:
        faulty = entered.with_faults([Fault(field="since", kind="datetime_from_date_parsing")])
        async with pages.reading(request) as connection:
            return await _page(request, connection, caller, partner_id, question=Question(), form=faulty)
    since = since if since.tzinfo else since.replace(tzinfo=_PARIS)
    async with pages.changing(request) as connection:
        check_enabled(await the_partner(connection, caller, partner_id))
        now = await now_by(connection)
        queued = await operations.replay(connection, id_=partner_id, from_position=None, since=since, now=now)
    return pages.redirect(address_of(partner_id, f"/envois?done={queued}"))


async def _page(
    request: Request, connection: Connection, caller: Caller, partner_id: UUID, *, question: Question, form: Form
) -> Response:
    partner = await the_partner(connection, caller, partner_id)
    found = await store.page(
        connection,
        event_id=question.event,
        recipient_id=partner_id,
        status=question.status,
        channel="webhook",
        before=question.after,
        limit=_ON_A_PAGE + 1,
    )
    entries = await _entries(connection, found[:_ON_A_PAGE])
    return pages.render(
        request,
        "partners/log.html",
        status=422 if form.faults else 200,
        partner=partner,
        entries=entries,
        question=question,
        form=form,
        at=address_of(partner_id),
        first=question.address(partner_id) if question.after else None,
        next=question.address(partner_id, after=entries[-1].delivery.position) if len(found) > _ON_A_PAGE else None,
    )


async def _entries(connection: Connection, deliveries: list[Delivery]) -> list[Entry]:
    subjects = await webhooks.subjects(connection, [each.message_id for each in deliveries])
    return [
        Entry(
            delivery=each,
            type=subjects[each.message_id][0],
            title=subjects[each.message_id][1],
            answer=in_words(each.detail),
        )
        for each in deliveries
    ]
