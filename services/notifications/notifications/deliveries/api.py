"""HTTP routes of the delivery log."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from notifications.caller import StaffOrPartner, check_own, own_id
from notifications.deliveries import again, store
from notifications.deliveries.domain import Channel, Status
from notifications.deliveries.domain import Delivery as StoredDelivery
from shared.contracts.notifications import NoticeKind
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"])
_LARGEST_POSITION = 2**63 - 1


class Delivery(BaseModel):
    """One notice to one recipient, and what became of it. No address is shown: people are named by their id."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "8f0a5a9e-2b1c-5d57-9a3e-0d8a8a1f6c11",
                    "position": 4812,
                    "message_id": "01934b5e-7c1a-7cc3-98c4-dc0c0c07398f",
                    "recipient_id": "01934b5e-6d2f-7b1e-8f7c-1f0d4f6b9a21",
                    "channel": "email",
                    "kind": "labelled",
                    "event_id": "01934b5e-7b00-7a55-9f3e-5c3b8f1d2e44",
                    "status": "sent",
                    "attempts": 1,
                    "detail": "250 OK",
                    "created_at": "2020-01-14T09:30:00Z",
                    "due_at": None,
                    "finished_at": "2020-01-14T09:30:00.120Z",
                }
            ]
        },
    )

    id: UUID
    position: int = Field(description="Place in the log; rises with time")
    message_id: str = Field(description="The message that caused the notice")
    recipient_id: UUID = Field(description="A contact, or a partner")
    channel: Channel
    kind: NoticeKind
    event_id: UUID | None
    status: Status
    attempts: int
    detail: str = Field(description="The receiver's last answer, or why it was given up")
    created_at: datetime
    due_at: datetime | None = Field(description="When it is tried next; null when it is finished")
    finished_at: datetime | None


class Repeated(BaseModel):
    """How many deliveries were queued again: one, or none where it has not failed."""

    queued: int


class DeliveryPage(BaseModel):
    """Deliveries, newest first. `next` is the `after` of the following page."""

    deliveries: list[Delivery]
    next: int | None


@router.get("")
async def list_deliveries(
    *,
    connection: Reading,
    caller: StaffOrPartner,
    event_id: UUID | None = None,
    recipient_id: UUID | None = None,
    status: Status | None = None,
    channel: Channel | None = None,
    after: Annotated[int | None, Query(ge=1, le=_LARGEST_POSITION)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DeliveryPage:
    """The delivery log, newest first. A partner sees its own webhooks."""
    if caller.role == "partner":
        if recipient_id not in {None, own_id(caller)}:
            raise Problem(403, "Not allowed", "You can read your own deliveries alone: leave recipient_id out.")
        recipient_id, channel = own_id(caller), "webhook"
    found = await store.page(
        connection,
        event_id=event_id,
        recipient_id=recipient_id,
        status=status,
        channel=channel,
        before=after,
        limit=limit,
    )
    return DeliveryPage(
        deliveries=[_shown(each) for each in found], next=found[-1].position if len(found) == limit else None
    )


@router.get("/{delivery_id}")
async def get_delivery(delivery_id: UUID, connection: Reading, caller: StaffOrPartner) -> Delivery:
    """One delivery."""
    found = await store.find(connection, id_=delivery_id)
    if found is None:
        raise not_found("delivery", delivery_id)
    check_own(caller, partner_id=found.recipient_id, what="delivery", id_=delivery_id)
    return _shown(found)


@router.post("/{delivery_id}/replay", status_code=202)
async def send_again(delivery_id: UUID, _staff: Staff, once: Once) -> Repeated:
    """Send a mail or a webhook again that failed for good, under the id it had. Sign-in codes are never sent again."""

    async def queue_again(connection: Connection) -> Answer:
        queued = await again.send_again(connection, id_=delivery_id, now=await now_by(connection))
        return Answer(body=Repeated(queued=int(queued)), status=202)

    return await once(queue_again)  # type: ignore[return-value] # a response as it is


def _shown(delivery: StoredDelivery) -> Delivery:
    return Delivery.model_validate(delivery)
