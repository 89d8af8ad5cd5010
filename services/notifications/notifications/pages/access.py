"""Who may come: staff, and a partner, for which others' endpoints do not exist."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from notifications.caller import check_own
from notifications.partners import store
from notifications.partners.domain import Partner
from shared import pages
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.tokens import Caller

PATH = "/partenaires"
StaffMember = Annotated[Caller, Depends(pages.only_for("staff"))]
StaffOrPartner = Annotated[Caller, Depends(pages.only_for("staff", "partner"))]


def address_of(partner_id: UUID, act: str = "") -> str:
    return f"{PATH}/{partner_id}{act}"


async def the_partner(connection: Connection, caller: Caller, id_: UUID, *, lock: bool = False) -> Partner:
    """The partner, if there is one and the caller may see it. Raises `Problem` (404) otherwise."""
    check_own(caller, partner_id=id_, what="partner", id_=id_)
    partner = await store.find(connection, id_=id_, lock=lock)
    if partner is None:
        raise not_found("partner", id_)
    return partner


def check_enabled(partner: Partner) -> None:
    """Raises `Problem` (409) where the endpoint is switched off."""
    if partner.disabled_at is not None:
        raise Problem(409, "Switched off", "The endpoint is switched off: switch it on first.")
