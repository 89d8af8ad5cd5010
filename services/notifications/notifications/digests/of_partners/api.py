"""HTTP routes of partners' digests: wanted with the partner's token, confirmed with the code that was mailed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from notifications.caller import StaffOrPartner, check_own
from notifications.digests import store as digests
from notifications.digests.api import Erased, Wanted
from notifications.digests.domain import Every
from notifications.digests.of_partners import operations, store
from notifications.digests.of_partners.domain import Wish, contact_of
from notifications.partners import store as partners
from shared.contracts.base import Language
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1", tags=["digests"])


class PartnerDigest(BaseModel):
    """Where a partner's digest goes, and when next: once its address is confirmed."""

    email: str
    every: Every
    language: Language
    confirmed: bool
    due_at: AwareDatetime


class Confirmation(BaseModel):
    """The code of the mailed link."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=1, max_length=200, examples=["kq3vA1x0T9mB7cWdkq3vA1x0T9mB7cWd"])]


class Confirmed(BaseModel):
    """How often the digest comes, and when first."""

    every: Every
    due_at: AwareDatetime


@router.get("/partners/{partner_id}/digest")
async def get_partner_digest(partner_id: UUID, caller: StaffOrPartner, connection: Reading) -> PartnerDigest:
    """The partner's digest; 404 if it wants none."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)
    found = await store.read(connection, partner_id)
    if found is None:
        raise Problem(404, "No digest", "The partner gets no digest: PUT one, with its address.")
    return _shown(found)


@router.put("/partners/{partner_id}/digest")
async def save_partner_digest(
    partner_id: UUID, wanted: Annotated[Wanted, Body()], caller: StaffOrPartner, once: Once
) -> PartnerDigest:
    """
    Get a digest of the events that the partner subscribes to, and of how its webhooks stand.

    A new address gets a link first, and nothing else until it is used. The address is kept here alone.
    """
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def save(connection: Connection) -> Answer:
        return Answer(body=_shown(await keep(connection, partner_id, wanted)))

    return await once(save)  # type: ignore[return-value] # a response as it is


@router.delete("/partners/{partner_id}/digest")
async def delete_partner_digest(partner_id: UUID, caller: StaffOrPartner, once: Once) -> Erased:
    """Get no digest any more; the address is erased."""
    check_own(caller, partner_id=partner_id, what="partner", id_=partner_id)

    async def erase(connection: Connection) -> Answer:
        return Answer(body=Erased(digests=await digests.erase(connection, [contact_of(partner_id)])))

    return await once(erase)  # type: ignore[return-value] # a response as it is


@router.post("/digests/confirmation")
async def confirm_digest(given: Annotated[Confirmation, Body()], once: Once) -> Confirmed:
    """Say yes to a digest, with the code of the mailed link. It works once, for three days."""

    async def confirm(connection: Connection) -> Answer:
        every, due_at = await operations.confirm(connection, given.code, now=await now_by(connection))
        return Answer(body=Confirmed(every=every, due_at=due_at))

    return await once(confirm)  # type: ignore[return-value] # a response as it is


async def keep(connection: Connection, partner_id: UUID, wanted: Wanted) -> Wish:
    """Keep what a partner wants. Raises `Problem` (404, 429)."""
    if await partners.find(connection, id_=partner_id, lock=True) is None:
        raise not_found("partner", partner_id)
    return await operations.want(
        connection,
        partner_id,
        email=wanted.email,
        every=wanted.every,
        language=wanted.language,
        now=await now_by(connection),
    )


def _shown(wish: Wish) -> PartnerDigest:
    return PartnerDigest.model_validate(wish, from_attributes=True)
