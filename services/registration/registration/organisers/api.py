"""HTTP routes of organisers and of their access."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import BaseModel, Field

from registration.caller import check_owner
from registration.events.content import Content
from registration.organisers import operations, store
from registration.organisers.domain import NewOrganiser, OrganiserContent
from shared.contracts.base import EmailAddress
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller, require

router = APIRouter(prefix="/v1/organisers", tags=["organisers"])
_EXAMPLE = {
    "kind": "company",
    "name": "Chaudronnerie de l'Estuaire",
    "siret": "73282932000074",
    "email": "contact@chaudronnerie.example",
    "contact_name": "Claude Martin",
    "language": "fr",
}


class Organiser(OrganiserContent):
    """An organiser with its id."""

    id: UUID


class AccessRequest(Content):
    email: EmailAddress = Field(examples=["contact@chaudronnerie.example"])


class AccessCode(Content):
    code: Annotated[str, Field(min_length=10, max_length=100)] = Field(examples=["kq3vA1x0T9mB7cWd"])


class Token(BaseModel):
    """A bearer token for the organiser, valid for 30 days."""

    token: str
    organiser_id: UUID


@router.post("", status_code=201)
async def register_organiser(organiser: Annotated[NewOrganiser, Body(examples=[_EXAMPLE])], once: Once) -> Organiser:
    """Register. A single-use access code follows by e-mail."""

    async def register(connection: Connection) -> Answer:
        now = datetime.now(UTC)
        row = await operations.register(connection, organiser, now=now)
        await operations.ask_for_access(connection, email=organiser.email, now=now)
        return Answer(
            body=Organiser(id=row["id"], **organiser.model_dump()),
            status=201,
            headers={"Location": f"/v1/organisers/{row['id']}"},
        )

    return await once(register)  # type: ignore[return-value]


@router.post("/access", status_code=202, response_class=Response)
async def request_access(request: Annotated[AccessRequest, Body()], once: Once) -> Response:
    """Have a single-use access code mailed, if the address is an organiser's. The answer does not tell."""

    async def ask(connection: Connection) -> Answer:
        await operations.ask_for_access(connection, email=request.email, now=datetime.now(UTC))
        return Answer(status=202)

    return await once(ask)


@router.post("/token")
async def exchange_code(request: Request, access: AccessCode, once: Once) -> Token:
    """Exchange a single-use access code for a token."""

    async def exchange(connection: Connection) -> Answer:
        token, organiser_id = await operations.exchange_code(
            connection, code=access.code, key=request.app.state.signing_key, now=datetime.now(UTC)
        )
        return Answer(body=Token(token=token, organiser_id=organiser_id))

    return await once(exchange)  # type: ignore[return-value]


@router.get("/{organiser_id}")
async def get_organiser(
    organiser_id: UUID, caller: Annotated[Caller, Depends(require("organiser", "staff"))], connection: Reading
) -> Organiser:
    """An organiser, to itself and to staff."""
    check_owner(caller, organiser_id=organiser_id, what="organiser", id_=organiser_id)
    row = await store.read(connection, organiser_id)
    if row is None:
        raise not_found("organiser", organiser_id)
    return Organiser.model_validate({name: row[name] for name in Organiser.model_fields})
