"""What search engines and those who share a page get: image, tags, the map of the site."""

import io
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from tests.integration.registration import world

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
async def event_id(registration, organiser):
    """A labelled event in the edition that the programme shows."""
    number = 1 + await registration.value("SELECT coalesce(max(number), 0) FROM editions")
    edition = await registration.edition(number=min(number, 1000))
    id_ = await registration.labelled(edition, organiser, title="Visite *de* l’atelier #1")
    await world.eventually(lambda: registration.value("SELECT true FROM programme WHERE event_id = $1::uuid", id_))
    return id_


async def test_a_shared_page_has_its_image(registration, event_id):
    http = registration.http
    page = (await http.get(f"/evenements/{event_id}", params={"lang": "en"}, headers={"Accept": "text/html"})).text
    (address,) = re.findall(r'<meta property="og:image" content="([^"]+)">', page)
    assert re.search(r'<meta property="og:title" content="Visite \*de\* l’atelier #1">', page)
    answer = await http.get(re.sub("^https?://[^/]+", "", address))
    assert answer.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (1200, 630)
    assert len(image.convert("L").getcolors()) > 2
    again = await http.get(
        f"/evenements/{event_id}/image.png?lang=en", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    french = await http.get(f"/evenements/{event_id}/image.png")
    assert (french.status_code, french.headers["etag"] == answer.headers["etag"]) == (200, False)


async def test_a_postponed_event_has_another_image(registration, event_id):
    http = registration.http
    before = await http.get(f"/evenements/{event_id}/image.png")
    await registration.value(
        "UPDATE events SET occurrence = 'cancelled', shown = NULL WHERE id = $1::uuid RETURNING true", event_id
    )
    after = await http.get(f"/evenements/{event_id}/image.png", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.content != before.content


async def test_what_is_not_in_the_programme_has_no_image(registration, edition, organiser):
    draft = await registration.submit(edition, organiser)
    answer = await registration.http.get(f"/evenements/{draft['id']}/image.png")
    assert answer.status_code == 404


async def test_the_site_map_lists_the_programme_and_is_not_sent_twice(registration, event_id, organiser):
    answer = await registration.http.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    entries = {entry.find(f"{SITEMAP}loc").text: entry for entry in ET.fromstring(answer.content)}  # noqa: S314 - ours
    (address,) = [each for each in entries if each.endswith(f"/evenements/{event_id}")]
    assert entries[address].find(f"{SITEMAP}lastmod").text.startswith("20")
    assert any(each.endswith("/programme") for each in entries)
    known = {"If-None-Match": answer.headers["etag"]}
    assert (await registration.http.get("/sitemap.xml", headers=known)).status_code == 304
    await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=organiser.headers)
    after = await registration.http.get("/sitemap.xml", headers=known)
    assert after.status_code == 200
    assert event_id not in after.text


async def test_robots_stay_out_of_what_is_somebodys_own(registration):
    answer = await registration.http.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /organisateur", "Disallow: /a/", "Disallow: /v1/"} <= set(lines)
    assert re.fullmatch(r"Sitemap: https?://.+/sitemap\.xml", lines[-1])
