"""HTTP routes of editions."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import Field

from registration.editions import operations, store
from registration.events.content import Content, Line
from shared.contracts.registration import EditionState, EditionStatus
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
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Name = Annotated[Line, Field(min_length=1, max_length=200)]


class NameContent(Content):
    """The edition's name in both languages."""

    fr: Name
    en: Name


class WindowContent(Content):
    """Whole days, both ends included."""

    first_day: Day
    last_day: Day


class RegionalWindowContent(Content):
    """Dates of a region (`R04`) or a département (`974`)."""

    territory: Annotated[str, Field(pattern=r"^(R[0-9]{2}|[0-9]{2,3}|2[AB])$")]
    dates: WindowContent
    label_window: WindowContent


class EditionContent(Content):
    """An edition as staff define it."""

    number: Annotated[int, Field(ge=1, le=1000)]
    name: NameContent
    dates: WindowContent
    label_window: WindowContent
    submission_deadline: Day
    regional_windows: list[RegionalWindowContent] = Field(default=[], max_length=50)
    status: EditionStatus = "planned"


@router.put("/{edition_id}", responses={201: {"model": EditionState}})
async def put_edition(
    edition_id: EditionId,
    content: Annotated[EditionContent, Body(examples=[_EXAMPLE])],
    _staff: Staff,
    once: Once,
) -> EditionState:
    """Create or change an edition. The same content again changes nothing."""
    edition = EditionState.model_validate({"id": edition_id, **content.model_dump()}, strict=False)

    async def save(connection: Connection) -> Answer:
        new = await operations.save(connection, edition, now=datetime.now(UTC))
        return Answer(body=edition, status=201 if new else 200)

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
