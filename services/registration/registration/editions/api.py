"""HTTP routes of editions."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path

from registration.editions import operations, store
from registration.editions.content import EditionContent
from shared.contracts.registration import EditionState
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/editions", tags=["editions"])
_EXAMPLE = {
    "number": 10,
    "name": {"fr": "Semaine de l'Industrie 2020", "en": "Industry Week 2020"},
    "dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
    "label_window": {"first_day": "2020-03-16", "last_day": "2020-04-19"},
    "submission_deadline": "2020-03-20",
    "regional_windows": [
        {
            "territory": "974",
            "dates": {"first_day": "2020-04-06", "last_day": "2020-04-12"},
            "label_window": {"first_day": "2020-03-23", "last_day": "2020-04-26"},
        }
    ],
    "status": "open",
}
EditionId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020"])]


@router.put("/{edition_id}", responses={201: {"model": EditionState}})
async def put_edition(
    edition_id: EditionId,
    content: Annotated[EditionContent, Body(examples=[_EXAMPLE])],
    _staff: Staff,
    once: Once,
) -> EditionState:
    """
    Create or change an edition. The same content again changes nothing.

    Other dates here move no event: that is what an act is for (`/v1/editions/{id}/acts`), which stays as it is.
    """
    edition = EditionState.model_validate({"id": edition_id, **content.model_dump()}, strict=False)

    async def save(connection: Connection) -> Answer:
        saved, new = await operations.save(connection, edition, now=datetime.now(UTC))
        return Answer(body=saved, status=201 if new else 200)

    return await once(save)  # type: ignore[return-value] # a response as it is


@router.get("")
async def list_editions(connection: Reading) -> list[EditionState]:
    """All editions, the latest first."""
    return await store.read_all(connection)


@router.get("/{edition_id}")
async def get_edition(edition_id: EditionId, connection: Reading) -> EditionState:
    """One edition."""
    edition = await store.read(connection, edition_id)
    if edition is None:
        raise not_found("edition", edition_id)
    return edition
