"""For search engines: what is not for them, and where the programme's pages are."""

import hashlib
from xml.etree import ElementTree as ET

from fastapi import Request, Response

from registration.pages.programme import current_edition
from registration.programme import store as programme
from shared import pages
from shared.runtime.http.conditional import IfNoneMatch, is_known
from shared.runtime.http.reading import Reading

router = pages.router()
_CLOSED = ("/organisateur", "/comite", "/partenaires", "/signin", "/a/", "/v1/")
_OPEN = ("/", "/programme", "/direct")
_KEPT = {"Cache-Control": "public, max-age=3600"}
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50_000
"""Addresses in one map, by its protocol."""


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Nothing that is somebody's own, and nothing that is for programs."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), ""]
    lines.append(f"Sitemap: {pages.site_of(request).public_url}/sitemap.xml")
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", headers=_KEPT)


@router.get("/sitemap.xml")
async def sitemap(request: Request, connection: Reading, if_none_match: IfNoneMatch = None) -> Response:
    """The pages of the edition that the programme shows, each with its last change."""
    edition = await current_edition(connection)
    public_url = pages.site_of(request).public_url
    root = ET.Element("urlset", xmlns=_SCHEMA)
    for path in _OPEN:
        _add(root, f"{public_url}{path}")
    if edition is not None:
        for event_id, changed_at in await programme.changes(
            connection, edition_id=edition.id, limit=_MOST - len(_OPEN)
        ):
            _add(root, f"{public_url}/evenements/{event_id}", changed=changed_at.isoformat(timespec="seconds"))
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    headers = {**_KEPT, "ETag": f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'}
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/xml", headers=headers)


def _add(root: ET.Element, address: str, *, changed: str | None = None) -> None:
    entry = ET.SubElement(root, "url")
    ET.SubElement(entry, "loc").text = address
    if changed is not None:
        ET.SubElement(entry, "lastmod").text = changed
