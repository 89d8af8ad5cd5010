"""
HTTP routes of what a person is told: by the link in their mails, without a login.

GET shows and never acts, so that no program that follows links unsubscribes anybody; POST acts, whatever its body
(RFC 8058). Answers are a page where one is wanted, else JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from notifications.preferences import store
from notifications.preferences.domain import PATH, Choices, Links, OptionalKind
from shared.contracts.base import Bilingual
from shared.pages import render
from shared.pages.languages import language_of
from shared.runtime.clock import now_by
from shared.runtime.database import Connection, Database
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import Problem
from shared.runtime.http.reading import Reading

router = APIRouter(prefix=PATH, tags=["preferences"])
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_OK = 200
_UNKNOWN = Problem(404, "Not found", "This link is not valid (any more): take the one in a recent mail.")


class Preference(BaseModel):
    """One kind of mail, and whether it is sent."""

    kind: OptionalKind
    name: Bilingual
    wanted: bool


class Preferences(BaseModel):
    """What a person may switch off and on again."""

    preferences: list[Preference] = Field(description="Kinds that can be switched off; other mails always come")


Accept = Annotated[str, Header(include_in_schema=False)]
_AS_PAGE_OR_JSON: dict[int | str, dict[str, Any]] = {
    200: {"model": Preferences, "content": {"text/html": {"schema": {"type": "string"}}}}
}


async def _contact(token: str, request: Request) -> UUID:
    """Whose link this is."""
    links: Links = request.app.state.links
    if not links.is_open:
        database: Database = request.app.state.database
        async with database.reading() as connection:
            links.open(await store.link_key(connection))
    contact_id = links.contact_of(token)
    if contact_id is None:
        raise _UNKNOWN
    return contact_id


Person = Annotated[UUID, Depends(_contact)]


@router.get("/{token}", responses=_AS_PAGE_OR_JSON)
async def get_preferences(
    *, token: str, person: Person, connection: Reading, request: Request, accept: Accept = ""
) -> Response:
    """What the person is told and what not."""
    return _shown(request, await _choices(connection, person), token=token, accept=accept)


@router.get("/{token}/{kind}/unsubscription", responses=_AS_PAGE_OR_JSON)
async def show_unsubscription(
    *, token: str, kind: OptionalKind, person: Person, connection: Reading, request: Request, accept: Accept = ""
) -> Response:
    """The same as the preferences: only a POST unsubscribes."""
    return _shown(request, await _choices(connection, person), token=token, accept=accept, about=kind)


@router.post("/{token}/{kind}/unsubscription", responses=_AS_PAGE_OR_JSON)
async def unsubscribe(
    *, token: str, kind: OptionalKind, once: Once, person: Person, request: Request, accept: Accept = ""
) -> Response:
    """Send no more of this kind. Again changes nothing."""

    async def silence(connection: Connection) -> Answer:
        await store.silence(connection, contact_id=person, kind=kind, now=await now_by(connection))
        return _answer(await _choices(connection, person))

    return await _changed(request, person, await once(silence), token=token, accept=accept, about=kind)


@router.post("/{token}/{kind}/subscription", responses=_AS_PAGE_OR_JSON)
async def subscribe(
    *, token: str, kind: OptionalKind, once: Once, person: Person, request: Request, accept: Accept = ""
) -> Response:
    """Send this kind again."""

    async def hear(connection: Connection) -> Answer:
        await store.hear(connection, contact_id=person, kind=kind)
        return _answer(await _choices(connection, person))

    return await _changed(request, person, await once(hear), token=token, accept=accept, about=kind)


async def _choices(connection: Connection, person: UUID) -> Choices:
    choices = await store.choices(connection, contact_id=person)
    if choices is None:
        raise _UNKNOWN
    return choices


async def _changed(
    request: Request, person: UUID, answer: Response, *, token: str, accept: str, about: OptionalKind
) -> Response:
    """The answer; as a page, what holds now."""
    if answer.status_code != _OK or not _wants_page(accept):
        return answer
    database: Database = request.app.state.database
    async with database.reading() as connection:
        return _shown(request, await _choices(connection, person), token=token, accept=accept, about=about)


def _shown(
    request: Request, choices: Choices, *, token: str, accept: str, about: OptionalKind | None = None
) -> Response:
    if not _wants_page(accept):
        return _answer(choices).response()
    language = language_of(request)
    shown = [
        {"kind": kind, "name": name.in_language(language), "wanted": kind not in choices.silenced}
        for kind, name in sorted(choices.offered.items(), key=lambda one: one[0] != about)
    ]
    return render(request, "preferences.html", headers=_HEADERS, choices=shown, address=f"{PATH}/{token}")


def _wants_page(accept: str) -> bool:
    return "text/html" in accept


def _answer(choices: Choices) -> Answer:
    shown = [
        Preference(kind=kind, name=name, wanted=kind not in choices.silenced) for kind, name in choices.offered.items()
    ]
    return Answer(body=Preferences(preferences=shown), headers=_HEADERS)
