"""HTTP routes of digests: a member of the committee says where and how often; nobody else sees the address."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from notifications.digests import store
from notifications.digests.domain import Every, contact_id, next_due
from shared.contracts.base import EmailAddress, Language
from shared.runtime.clock import now_by
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import Problem
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, Staff, require

router = APIRouter(prefix="/v1/digests", tags=["digests"])
Committee = Annotated[Caller, Depends(require("staff", "referent"))]


class Wanted(BaseModel):
    """Where a digest goes, and how often: on working days or on Mondays, at seven in the morning."""

    model_config = ConfigDict(extra="forbid")
    email: EmailAddress = Field(examples=["referent@prefecture.example"])
    every: Every = Field(default="day", examples=["week"])
    language: Language = "fr"


class Digest(BaseModel):
    """What a member of the committee is told, and when next. `departements`: those of their token; none: all."""

    email: str
    every: Every
    language: Language
    departements: list[str]
    due_at: AwareDatetime


class Kept(BaseModel):
    """A digest that goes to an address: a partner's, or else a member's of the committee."""

    email: str
    partner_id: UUID | None
    departements: list[str]
    every: Every
    language: Language
    confirmed: bool
    due_at: AwareDatetime


class KeptDigests(BaseModel):
    """All that is kept of digests under an address."""

    digests: list[Kept]


class Erased(BaseModel):
    """How many digests went to the address."""

    digests: int


class Asked(BaseModel):
    """Whose."""

    model_config = ConfigDict(extra="forbid")
    email: EmailAddress = Field(examples=["referent@prefecture.example"])


@router.get("/own")
async def get_digest(caller: Committee, connection: Reading) -> Digest:
    """Your digest; 404 if you have asked for none."""
    found = await store.read(connection, contact_id(caller))
    if found is None:
        raise Problem(404, "No digest", "You get no digest: PUT one, with your address.")
    return Digest.model_validate(found)


@router.put("/own")
async def save_digest(wanted: Annotated[Wanted, Body()], caller: Committee, once: Once) -> Digest:
    """Get a digest of what waits in your queue. The address is kept here alone, and used for nothing else."""

    async def save(connection: Connection) -> Answer:
        return Answer(body=await keep(connection, caller, wanted))

    return await once(save)  # type: ignore[return-value] # a response as it is


@router.delete("/own")
async def delete_digest(caller: Committee, once: Once) -> Erased:
    """Get no digest any more; the address is erased."""

    async def erase(connection: Connection) -> Answer:
        return Answer(body=Erased(digests=await store.erase(connection, [contact_id(caller)])))

    return await once(erase)  # type: ignore[return-value] # a response as it is


@router.post("/export")
async def export_digests(asked: Annotated[Asked, Body()], _staff: Staff, connection: Reading) -> KeptDigests:
    """All digests that go to an address; an empty list where that is none."""
    return KeptDigests.model_validate({"digests": await store.kept_under(connection, asked.email)})


@router.post("/erasure")
async def erase_digests(asked: Annotated[Asked, Body()], _staff: Staff, once: Once) -> Erased:
    """Erase an address from all digests. Erasing it again finds nothing."""

    async def erase(connection: Connection) -> Answer:
        found = await store.of_email(connection, asked.email)
        return Answer(body=Erased(digests=await store.erase(connection, found)))

    return await once(erase)  # type: ignore[return-value] # a response as it is


async def keep(connection: Connection, caller: Caller, wanted: Wanted) -> Digest:
    """Keep what the caller wants, for the départements that their token names."""
    now = await now_by(connection)
    own = contact_id(caller)
    if caller.role == "referent" and not caller.departements:
        raise Problem(403, "Not allowed", "Your token names no département: ask for a new one.")
    await store.save(
        connection,
        own,
        email=wanted.email,
        language=wanted.language,
        departements=caller.departements,
        every=wanted.every,
        due_at=next_due(wanted.every, after=now),
        now=now,
    )
    found = await store.read(connection, own)
    return Digest.model_validate(found)
