"""Use cases of feeds."""

from dataclasses import dataclass
from datetime import datetime

from registration.editions import store as editions
from registration.feeds import store
from registration.feeds.domain import Entry, Selection, State
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection, Database
from shared.runtime.http.problems import FieldError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of what has changed. `next`: the position to go on after, None at the end."""

    entries: list[Entry]
    next: int | None


async def standing(database: Database, selection: Selection) -> tuple[EditionState, State]:
    """The edition, and how far its feed has come by now; 422 for a selection of something unknown."""
    if not selection.is_possible:
        remedy = "Use a département's code (44) or a region's with an R (R52)."
        error = FieldError("query.territory", f"{selection.territory} is no territory", remedy)
        raise Problem(422, "The request has errors", "Correct the fields named.", errors=[error])
    async with database.transaction() as connection:
        edition = await editions.read(connection, selection.edition_id)
        if edition is None:
            error = FieldError("query.edition", f"There is no edition {selection.edition_id}", "See /v1/editions.")
            raise Problem(422, "The request has errors", "Correct the fields named.", errors=[error])
        await store.give_positions(connection, edition.id)
    async with database.reading() as connection:
        return edition, await store.state(connection, edition.id)


async def changes(
    connection: Connection, selection: Selection, *, after: int, updated_after: datetime | None, limit: int
) -> Page:
    """
    What has changed after a position, and after a time. Who begins at nothing is not told what is gone already.

    An event that has left the selection for another is told as gone to everybody who follows one.
    """
    beginner = after == 0 and updated_after is None
    found = await store.since(
        connection, selection, after=after, updated_after=updated_after, limit=limit, without_gone=beginner
    )
    entries = [each for each in found if not (beginner and each.gone)]
    return Page(entries=entries, next=found[-1].position if len(found) == limit else None)
