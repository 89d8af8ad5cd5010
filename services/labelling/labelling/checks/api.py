"""HTTP routes of checks."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, Field

from labelling.checks import operations
from labelling.checks.content import CheckedContent
from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult, Verdict
from shared.runtime.clock import now_by
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1/charters", tags=["charters"])
_EXAMPLE = {
    "title": "Visite de l’atelier de soudure",
    "description": "Découvrez la fabrication de pièces métalliques : soudure, usinage et contrôle qualité.",
    "audience": ["general_public"],
    "slots": [{"begin": "2020-03-31T09:00", "end": "2020-03-31T12:00"}],
    "place": {"mode": "onsite", "postcode": "44550", "city": "Montoir-de-Bretagne"},
}


class Missing(BaseModel):
    """Something between the event and the label."""

    criterion: str = Field(examples=["completeness"])
    found: Bilingual
    remedy: Bilingual


class Check(BaseModel):
    """What the charter in force would decide of the event as it stands, as far as it can be told before submission."""

    charter_version: str = Field(examples=["2020-1"])
    verdict: Verdict
    missing: list[Missing] = Field(description="What would have to change; empty: nothing")
    criteria: list[CriterionResult]
    not_checked: list[str] = Field(description="Criteria that need the submission", examples=[["duplicates"]])


@router.post("/{edition_id}/check")
async def check_event(
    edition_id: Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020"])],
    content: Annotated[CheckedContent, Body(examples=[_EXAMPLE])],
    connection: Reading,
) -> Check:
    """What would be missing for the label, while an event is being written. Nothing is kept; anybody may ask."""
    checked = await operations.check(connection, edition_id, content, now=await now_by(connection))
    return Check(
        charter_version=checked.charter_version,
        verdict=checked.verdict,
        missing=[
            Missing(criterion=each.criterion, found=each.reason, remedy=each.remedy)
            for each in checked.criteria
            if each.remedy is not None
        ],
        criteria=checked.criteria,
        not_checked=checked.not_checked,
    )
