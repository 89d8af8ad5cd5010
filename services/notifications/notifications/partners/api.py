"""HTTP routes of partners' endpoints."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response

from notifications.caller import StaffOrPartner, check_own, own_id
from notifications.deliveries import store as deliveries
from notifications.partners import domain, operations, store
from notifications.partners.requests import (
    PARTNER_EXAMPLE,
    NewPartner,
    NewPartnerWithSecret,
    Partner,
    PartnerChanges,
    PartnerPage,
    QueuedTest,
    Replay,
    Replayed,
    Secret,
)
from notifications.webhooks.addresses import NotAnEndpointError, parse_endpoint
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import FieldError, Problem, not_found
from shared.runtime.http.reading import Reading
from shared.runtime.identifiers import new_id
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/partners", tags=["partners"])


@router.post("", status_code=201)
async def register_partner(
    request: Request, new: Annotated[NewPartner, Body(examples=[PARTNER_EXAMPLE])], _staff: Staff, once: Once
) -> NewPartnerWithSecret:
    """Register an endpoint. The answer shows its secret, this once."""
    _check_endpoint(request, new.url)
    wanted = new.partner(id_=new_id(), now=datetime.now(UTC))

    async def register(connection: Connection) -> Answer:
        partner, secret = await operations.register(connection, wanted=wanted)
        body = NewPartnerWithSecret(**_shown(partner).model_dump(), secret=secret)
        return Answer(body=body, status=201, headers={"Location": f"/v1/partners/{partner.id}"})

    return await once(register)  # type: ignore[return-value] # a response as it is


@router.get("")
async def list_partners(
    connection: Reading,
    caller: StaffOrPartner,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PartnerPage:
    """All partners; for a partner, itself."""
    if caller.role == "partner":
        own = await store.find(connection, id_=own_id(caller))
        return PartnerPage(partners=[_shown(own)] if own else [], next=None)
    found = await store.page(connection, after=after, limit=limit)
    return PartnerPage(
        partners=[_shown(partner) for partner in found], next=found[-1].id if len(found) == limit else None
    )


@router.get("/{partner_id}")
async def get_partner(partner_id: UUID, connection: Reading, caller: StaffOrPartner) -> Partner:
    """One partner."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)
    partner = await store.find(connection, id_=partner_id)
    if partner is None:
        raise not_found("partner", partner_id)
    return _shown(partner)


@router.patch("/{partner_id}")
async def change_partner(
    request: Request,
    partner_id: UUID,
    changes: Annotated[PartnerChanges, Body(examples=[{"territories": ["R32", "80"], "enabled": True}])],
    caller: StaffOrPartner,
    once: Once,
) -> Partner:
    """Change an endpoint or its choices, switch it off or on again."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)
    if changes.url is not None:
        _check_endpoint(request, changes.url)
    given = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in changes.model_dump(exclude_none=True, exclude={"enabled"}).items()
    }

    async def change(connection: Connection) -> Answer:
        partner = await operations.change(
            connection, id_=partner_id, changes=given, enabled=changes.enabled, now=await now_by(connection)
        )
        if partner is None:
            raise not_found("partner", partner_id)
        return Answer(body=_shown(partner))

    return await once(change)  # type: ignore[return-value]


@router.delete("/{partner_id}", status_code=204)
async def remove_partner(partner_id: UUID, caller: StaffOrPartner, once: Once) -> Response:
    """Remove an endpoint; its log stays."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def remove(connection: Connection) -> Answer:
        if not await operations.remove(connection, id_=partner_id, now=await now_by(connection)):
            raise not_found("partner", partner_id)
        return Answer(status=204)

    return await once(remove)


@router.post("/{partner_id}/secret")
async def rotate_secret(partner_id: UUID, caller: StaffOrPartner, once: Once) -> Secret:
    """Replace the secret. For a day, webhooks are signed with both."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def rotate(connection: Connection) -> Answer:
        secret = await operations.rotate_secret(connection, id_=partner_id, now=await now_by(connection))
        if secret is None:
            raise not_found("partner", partner_id)
        return Answer(body=Secret(secret=secret))

    return await once(rotate)  # type: ignore[return-value]


@router.post("/{partner_id}/test", status_code=202)
async def send_test(partner_id: UUID, caller: StaffOrPartner, once: Once) -> QueuedTest:
    """Send a webhook of type `test`."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def test(connection: Connection) -> Answer:
        await _enabled(connection, partner_id)
        delivery_id = await operations.send_test(connection, id_=partner_id, now=await now_by(connection))
        return Answer(
            body=QueuedTest(delivery_id=delivery_id),
            status=202,
            headers={"Location": f"/v1/deliveries/{delivery_id}"},
        )

    return await once(test)  # type: ignore[return-value]


@router.post("/{partner_id}/replay", status_code=202)
async def replay(
    partner_id: UUID,
    wanted: Annotated[Replay, Body(examples=[{"since": "2020-01-14T00:00:00Z"}])],
    caller: StaffOrPartner,
    once: Once,
) -> Replayed:
    """Deliver again what is finished, sent or not, each with its `webhook-id`."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def queue_again(connection: Connection) -> Answer:
        await _enabled(connection, partner_id)
        queued = await operations.replay(
            connection,
            id_=partner_id,
            from_position=await _position(connection, partner_id, wanted.from_delivery),
            since=wanted.since,
            now=await now_by(connection),
        )
        return Answer(body=Replayed(queued=queued), status=202)

    return await once(queue_again)  # type: ignore[return-value]


async def _enabled(connection: Connection, partner_id: UUID) -> None:
    partner = await store.find(connection, id_=partner_id)
    if partner is None:
        raise not_found("partner", partner_id)
    if partner.disabled_at is not None:
        raise Problem(409, "Switched off", 'The endpoint is disabled: PATCH it with {"enabled": true} first.')


async def _position(connection: Connection, partner_id: UUID, delivery_id: UUID | None) -> int | None:
    if delivery_id is None:
        return None
    delivery = await deliveries.find(connection, id_=delivery_id)
    if delivery is None or delivery.recipient_id != partner_id:
        error = FieldError("from_delivery", "This partner has no such delivery", "Take an id from its delivery log.")
        raise Problem(422, "The request has errors", errors=[error])
    return delivery.position


def _check_endpoint(request: Request, url: str) -> None:
    try:
        parse_endpoint(url, allow_private=request.app.state.settings.webhook_allow_private)
    except NotAnEndpointError as error:
        field = FieldError("url", f"Not usable: {error}", "Give a public URL like https://partner.example/semaine.")
        raise Problem(422, "The request has errors", errors=[field]) from None


def _shown(partner: domain.Partner) -> Partner:
    return Partner.model_validate(partner)
