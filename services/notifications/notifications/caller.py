"""Who may see and act on what in `notifications`: staff everything, a partner what is its own."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from shared.runtime.http.problems import Problem, not_found
from shared.runtime.tokens import Caller, require

StaffOrPartner = Annotated[Caller, Depends(require("staff", "partner"))]


def check_own(caller: Caller, *, partner_id: UUID, what: str, id_: object) -> None:
    """Others' things do not exist for a partner."""
    if caller.role != "staff" and caller.subject != str(partner_id):
        raise not_found(what, id_)


def own_id(caller: Caller) -> UUID:
    """The partner that a partner's token is for."""
    try:
        return UUID(caller.subject)
    except ValueError:
        raise Problem(403, "Not allowed", "This token names no partner: ask for a new one.") from None
