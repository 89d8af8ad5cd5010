"""The public programme."""

from fastapi import Request, Response

from registration.editions import store as editions
from shared import pages
from shared.runtime.http.reading import Reading

router = pages.router()


@router.get("/")
async def home(request: Request, connection: Reading) -> Response:
    """The home page: the edition that is open, else the latest."""
    known = await editions.read_all(connection)
    edition = next((each for each in known if each.status == "open"), known[0] if known else None)
    return pages.render(request, "programme/home.html", edition=edition)
