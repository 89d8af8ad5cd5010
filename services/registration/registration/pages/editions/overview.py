"""All editions: when they take place, and what was decided of them."""

from fastapi import Request, Response

from registration.acts import store as acts
from registration.editions import store
from registration.pages.editions.access import PATH, StaffMember
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router(PATH)


@router.get("")
async def overview(request: Request, connection: Reading, _staff: StaffMember) -> Response:
    """The latest edition first."""
    editions = await store.read_all(connection)
    decided = {each.id: await acts.read_all(connection, each.id) for each in editions}
    return pages.render(request, "editions/overview.html", editions=editions, decided=decided)
