"""How far an act has come. The page asks anew by itself until all is done."""

from typing import Annotated

from fastapi import Path, Request, Response

from registration.acts import store
from registration.pages.editions.access import PATH, StaffMember, the_edition
from shared import pages
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = pages.router(f"{PATH}/{{edition_id}}/actes")
ActNumber = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/{number}")
async def progress(
    request: Request, edition_id: str, number: ActNumber, connection: Reading, _staff: StaffMember
) -> Response:
    """Events reached, people told, answers; the press release."""
    edition = await the_edition(connection, edition_id)
    stored = await store.read(connection, edition_id=edition_id, number=number)
    if stored is None:
        raise not_found("act", f"{number} on the edition {edition_id}")
    return pages.render(
        request,
        "editions/progress.html",
        edition=edition,
        stored=stored,
        act=stored.act,
        working=stored.phase in {"moving", "telling"},
        last=edition.act is not None and edition.act.number == number,
        answers=await store.answers(connection, edition_id=edition_id, number=number),
    )
