"""HTTP route of the label kit, to which the labelled mail leads."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from notifications.kits import store
from notifications.kits.archive import Archivist
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading

router = APIRouter(prefix="/v1/kits", tags=["kits"])
_MEDIA_TYPE = "application/zip"


@router.get(
    "/{event_id}",
    response_class=Response,
    responses={200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_kit(event_id: UUID, connection: Reading, request: Request) -> Response:
    """A labelled event's kit, for everyone: label, poster and words to announce it, in French and English, as a ZIP."""
    labelled = await store.labelled(connection, event_id=event_id)
    if labelled is None:
        raise not_found("kit", event_id)
    archivist: Archivist = request.app.state.archivist
    return Response(
        archivist.kit(*labelled),
        media_type=_MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="kit-{event_id}.zip"'},
    )
