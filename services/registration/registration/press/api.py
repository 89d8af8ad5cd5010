"""HTTP route of the press release."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from registration.editions import store as editions
from registration.editions.api import EditionId
from registration.press import document, store, words
from shared import territory
from shared.contracts.base import Language
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1/editions/{edition_id}", tags=["editions"])
_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/press-release", response_class=Response, responses=_ANSWERS)
async def press_release(
    edition_id: EditionId,
    connection: Reading,
    language: Annotated[Language, Query(description="Of the text")] = "fr",
) -> Response:
    """The press release of the edition as tagged PDF, with its figures as they are now."""
    edition = await editions.read(connection, edition_id)
    if edition is None:
        raise not_found("edition", edition_id)
    figures = await store.figures(connection, edition_id)
    today = datetime.now(UTC).astimezone(ZoneInfo(territory.PARIS)).date()
    release = words.release(edition, figures, language=language, today=today)
    content = await asyncio.to_thread(document.pdf, release)
    name = {"fr": "communique-de-presse", "en": "press-release"}[language]
    disposition = f'inline; filename="{name}-{edition_id}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": disposition})
