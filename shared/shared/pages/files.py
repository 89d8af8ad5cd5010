"""Static files: each under an address that holds a digest of its content, to be kept for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from shared.runtime.http.problems import not_found

_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of `shared/pages/static`."""

    content: bytes
    digest: str
    media_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """All of them, by name."""
    folder = files("shared.pages") / "static"
    return {each.name: _read(each.name, each.read_bytes()) for each in folder.iterdir() if each.is_file()}


def _read(name: str, content: bytes) -> StaticFile:
    digest = hashlib.blake2b(content, digest_size=6).hexdigest()
    return StaticFile(content, digest, mimetypes.guess_type(name)[0] or "application/octet-stream")


def address(name: str) -> str:
    """Where the file is served. Raises `KeyError` when there is none of this name."""
    return f"/static/{static_files()[name].digest}/{name}"


async def serve(request: Request) -> Response:
    """
    The file. One of another digest is answered as well, but not kept.

    While replicas of two versions run, a page of one may ask the other for its files.
    """
    name, digest = request.path_params["name"], request.path_params["digest"]
    file = static_files().get(name)
    if file is None:
        raise not_found("file", name)
    kept = _FOREVER if digest == file.digest else _ASK_AGAIN
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff", "ETag": f'"{file.digest}"'}
    return Response(file.content, headers=headers, media_type=file.media_type)
