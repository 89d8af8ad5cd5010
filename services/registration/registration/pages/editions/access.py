"""Who may come: staff alone."""

from typing import Annotated

from fastapi import Depends

from registration.editions import store
from shared import pages
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection
from shared.runtime.http.problems import not_found
from shared.runtime.tokens import Caller

PATH = "/programmation"
StaffMember = Annotated[Caller, Depends(pages.only_for("staff"))]


async def the_edition(connection: Connection, id_: str) -> EditionState:
    """The edition; 404 where there is none."""
    found = await store.read(connection, id_)
    if found is None:
        raise not_found("edition", id_)
    return found
