"""HTTP routes of a person's data. The address is in the body: paths and logs have no personal data."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from registration.persons import operations, own
from registration.waiting.domain import Status
from shared.contracts.base import EmailAddress, Language
from shared.runtime.database import Connection, Database
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/persons", tags=["persons"])


class Asked(BaseModel):
    """Whose data."""

    model_config = ConfigDict(extra="forbid")
    email: EmailAddress = Field(examples=["camille.moreau@example.org"])


class Code(BaseModel):
    """The code that was mailed."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=10, max_length=100)] = Field(examples=["kq3vA1x0T9mB7cWd"])


class ExportedPerson(BaseModel):
    id: UUID
    email: str
    name: str
    language: Language


class ExportedSignUp(BaseModel):
    id: UUID
    event_id: UUID
    event: str
    kind: Literal["person", "group"]
    people: int
    name: str
    status: Literal["active", "cancelled"]
    signed_up_at: AwareDatetime
    cancelled_at: AwareDatetime | None


class ExportedWaiting(BaseModel):
    id: UUID
    event_id: UUID
    event: str
    kind: Literal["person", "group"]
    people: int
    name: str
    status: Status
    joined_at: AwareDatetime
    ended_at: AwareDatetime | None


class ExportedOrganiser(BaseModel):
    id: UUID
    name: str
    email: str
    contact_name: str
    phone: str
    language: Language
    created_at: AwareDatetime


class Export(BaseModel):
    """All that is kept under an address."""

    email: str
    persons: list[ExportedPerson]
    sign_ups: list[ExportedSignUp]
    waiting: list[ExportedWaiting]
    organisers: list[ExportedOrganiser]


class Erased(BaseModel):
    """How many were erased: who signed up, and organisers' contacts."""

    persons: int
    organisers: int


@router.post("/export")
async def export_person(asked: Asked, _staff: Staff, connection: Reading) -> Export:
    """All that is kept under an address."""
    return Export.model_validate(await operations.export(connection, asked.email))


@router.post("/erasure")
async def erase_person(asked: Asked, _staff: Staff, once: Once) -> Erased:
    """
    Erase what is kept under an address, here and in notifications. Erasing it again finds nothing.

    Sign-ups stay as anonymous numbers; the organisation itself, its events and its number stay.
    """

    async def erase(connection: Connection) -> Answer:
        persons, organisers = await operations.erase(connection, asked.email, now=datetime.now(UTC))
        return Answer(body=Erased(persons=persons, organisers=organisers))

    return await once(erase)  # type: ignore[return-value] # a response as it is


@router.post("/own/access", status_code=202, response_class=Response)
async def request_own_data(asked: Asked, once: Once) -> Response:
    """Have a single-use code mailed, if anything is kept under the address. The answer does not tell."""

    async def ask(connection: Connection) -> Answer:
        await own.ask(connection, email=asked.email, now=datetime.now(UTC))
        return Answer(status=202)

    return await once(ask)


@router.post("/own/export")
async def export_own_data(request: Request, code: Code) -> Export:
    """All that is kept under the address that the code was mailed to. The code works once, for an hour."""
    database: Database = request.app.state.database
    async with database.transaction() as connection:
        return Export.model_validate(await own.export(connection, code=code.code, now=datetime.now(UTC)))


@router.post("/own/erasure")
async def erase_own_data(code: Code, once: Once) -> Erased:
    """Erase what is kept under the address that the code was mailed to, here and in notifications."""

    async def erase(connection: Connection) -> Answer:
        persons, organisers = await own.erase(connection, code=code.code, now=datetime.now(UTC))
        return Answer(body=Erased(persons=persons, organisers=organisers))

    return await once(erase)  # type: ignore[return-value] # a response as it is
