"""HTTP routes of the label kit, to which the labelled mail leads."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from notifications.kits import store
from notifications.kits.archive import POSTERS, Archivist
from shared.contracts.base import Language
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1/kits", tags=["kits"])
_ZIP, _PDF = "application/zip", "application/pdf"


def _answers(media_type: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/{event_id}", response_class=Response, responses=_answers(_ZIP))
async def get_kit(event_id: UUID, connection: Reading, request: Request) -> Response:
    """A labelled event's kit, for everyone: label, poster and words to announce it, in French and English, as a ZIP."""
    labelled = await store.labelled(connection, event_id=event_id)
    if labelled is None:
        raise not_found("kit", event_id)
    archivist: Archivist = request.app.state.archivist
    return Response(
        await asyncio.to_thread(archivist.kit, *labelled),
        media_type=_ZIP,
        headers={"Content-Disposition": f'attachment; filename="kit-{event_id}.zip"'},
    )


@router.get("/{event_id}/poster", response_class=Response, responses=_answers(_PDF))
async def get_poster(
    event_id: UUID,
    connection: Reading,
    request: Request,
    language: Annotated[Language, Query(description="Of the text")] = "fr",
) -> Response:
    """A labelled event's poster alone: a page A4 as tagged PDF, with a QR code that leads to the event's page."""
    labelled = await store.labelled(connection, event_id=event_id)
    if labelled is None:
        raise not_found("poster", event_id)
    archivist: Archivist = request.app.state.archivist
    content = await asyncio.to_thread(archivist.poster, *labelled, language=language)
    disposition = f'inline; filename="{POSTERS[language]}"'
    return Response(content, media_type=_PDF, headers={"Content-Disposition": disposition})
