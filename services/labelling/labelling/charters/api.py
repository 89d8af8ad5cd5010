"""HTTP routes of charters."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from labelling.charters import operations, store
from labelling.charters.drafts import BODY, Draft
from labelling.decisions import operations as decisions
from labelling.domain.charter import Charter, Validity
from labelling.redecisions import operations as redecisions
from labelling.redecisions import store as redecision_store
from shared.contracts.base import Bilingual
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/charters", tags=["charters"])
Version = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["2020-1"])]


class CharterSummary(BaseModel):
    """
    A published charter.

    For an edition holds, of those in whose validity it begins, the latest one that names it, else that names `*`.
    """

    version: str = Field(examples=["2020-1"])
    editions: list[str] = Field(examples=[["2020", "*"]])
    validity: Validity
    in_force_for: list[str] = Field(description="Editions for which it is in force now", examples=[["2020"]])
    title: Bilingual
    published_at: datetime


@router.get("")
async def list_charters(connection: Reading) -> list[CharterSummary]:
    """All published charters, the latest first."""
    return [CharterSummary.model_validate(dict(row)) for row in await store.read_all(connection)]


class Redecision(BaseModel):
    """How far deciding again by a new charter has come."""

    charter_version: str = Field(examples=["2020-2"])
    scope: redecision_store.Scope
    decided: int = Field(description="Events decided again so far")
    changed: int = Field(description="Those whose verdict is another one now")
    begun_at: datetime
    finished_at: datetime | None


@router.get("/{version}/redecision")
async def get_redecision(version: Version, connection: Reading) -> Redecision:
    """How far deciding again has come, where the charter was published with `redecide`."""
    row = await redecision_store.read(connection, version)
    if row is None:
        raise not_found("redecision by charter", version)
    return Redecision.model_validate(dict(row))


@router.get("/{version}")
async def get_charter(version: Version, connection: Reading) -> Charter:
    """A charter whole: criteria, parameters, messages and lexicon."""
    charter = await operations.read(connection, version)
    if charter is None:
        raise not_found("charter", version)
    return charter


@router.post(
    "",
    status_code=201,
    responses={409: {"description": "That version is published already"}},
    openapi_extra={"requestBody": BODY},
)
async def publish_charter(
    _staff: Staff,
    charter: Draft,
    once: Once,
    redecide: Annotated[
        Literal["none", "open", "all"],
        Query(
            description="What is decided again where it is in force: nothing, what waits for the committee, or all that"
            " is decided, by referents too. Goes on in the background; see the charter's redecision."
        ),
    ] = "none",
) -> Charter:
    """
    Publish a new version of a charter: JSON, or YAML as in the service's own files.

    It judges what is submitted or amended from now on, and what waits for it.
    """

    async def publish(connection: Connection) -> Answer:
        now = datetime.now(UTC)
        await operations.publish(connection, charter, now=now)
        await decisions.decide_waiting(connection, now=now)
        if redecide != "none":
            await redecisions.begin(connection, charter.version, scope=redecide, now=now)
        return Answer(body=charter, status=201, headers={"Location": f"/v1/charters/{charter.version}"})

    return await once(publish)  # type: ignore[return-value] # a response as it is
