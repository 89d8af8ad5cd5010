"""The public programme: the home page and the search."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import Request, Response

from registration.editions import store as editions
from registration.events import store as events
from registration.pages import territories
from registration.programme import store as programme
from registration.programme.domain import PER_PAGE, Question
from shared import pages, territory
from shared.contracts.registration import EditionState, EventState
from shared.pages.maps import areas
from shared.runtime.database import Connection
from shared.runtime.http.reading import Reading

router = pages.router()
_SHOWN_AT_HOME = 6


@router.get("/")
async def home(request: Request, connection: Reading) -> Response:
    """The home page: the edition that is open, else the latest."""
    edition = await current_edition(connection)
    if edition is None:
        return pages.render(request, "programme/nothing.html")
    numbers = await programme.by_departement(connection, edition_id=edition.id)
    found = await programme.next_events(connection, edition_id=edition.id, now=datetime.now(UTC), limit=_SHOWN_AT_HOME)
    number, announced = await programme.figures(connection, edition_id=edition.id)
    return pages.render(
        request,
        "programme/home.html",
        edition=edition,
        regional=[(territory.name_of(each.territory), each.dates) for each in edition.regional_windows],
        events=number,
        announced=announced,
        departements=len(numbers),
        areas=areas(numbers, address=lambda code: Question(territory=code).address()),
        question=Question(),
        shown=await _shown(connection, found),
        places=await programme.places(connection, found),
    )


@router.get("/programme")
async def search(request: Request, connection: Reading) -> Response:
    """Search with filters; the map counts what they let through, wherever it is."""
    edition = await current_edition(connection)
    if edition is None:
        return pages.render(request, "programme/nothing.html")
    question = Question.read(request.query_params)
    found = await programme.search(connection, edition_id=edition.id, question=question)
    more = found.total > question.page * PER_PAGE
    return pages.render(
        request,
        "programme/search.html",
        edition=edition,
        question=question,
        found=found,
        shown=await _shown(connection, found.ids),
        places=await programme.places(connection, found.ids),
        areas=areas(
            found.departements,
            address=lambda code: question.address(territory=None if code == question.territory else code),
            chosen=question.departements or (),
        ),
        territories=territories.groups(),
        chosen_territory=territory.name_of(question.territory) if question.territory else None,
        previous=question.address(page=question.page - 1) if question.page > 1 else None,
        next=question.address(page=question.page + 1) if more else None,
    )


async def current_edition(connection: Connection) -> EditionState | None:
    """The one that is open; with none or several, the one with the highest number."""
    known = await editions.read_all(connection)
    return max(known, key=lambda each: (each.status == "open", each.number), default=None)


async def _shown(connection: Connection, ids: list[UUID]) -> list[EventState]:
    found = await events.read_many(connection, ids)
    return [found[id_].public_state() for id_ in ids if id_ in found]
