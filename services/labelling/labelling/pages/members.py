"""Who may come: staff, and referents, who see their own départements."""

from typing import Annotated

from fastapi import Depends

from shared import pages
from shared.runtime.tokens import Caller

Member = Annotated[Caller, Depends(pages.only_for("staff", "referent"))]
StaffMember = Annotated[Caller, Depends(pages.only_for("staff"))]
