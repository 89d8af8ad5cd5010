"""The label kit: a ZIP of an image, a poster and words, in both languages."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from notifications.kits.archive import Archivist
from notifications.mails.domain import Edition, Event
from shared import documents
from shared.contracts.registration import Slot

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def archivist() -> Archivist:
    return Archivist(public_url="https://semaine.example/")


def contents(archivist: Archivist, event: Event, edition: Edition) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archivist.kit(event, edition))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def words(image: bytes) -> str:
    return " ".join("".join(each.itertext()) for each in ET.fromstring(image).iter(f"{SVG}text"))  # noqa: S314 - ours


def test_it_holds_label_poster_and_announcement_in_both_languages(archivist, event, edition):
    found = contents(archivist, event, edition)
    assert sorted(found) == [
        "affiche-fr.pdf", "annonce-fr.txt", "announcement-en.txt", "label-en.svg", "label-fr.svg", "poster-en.pdf",
    ]  # fmt: skip
    assert "Semaine de l’industrie 2020" in words(found["label-fr.svg"])
    assert "Industry Week 2020" in words(found["label-en.svg"])
    for name in ("annonce-fr.txt", "announcement-en.txt"):
        assert "Visite de l'atelier <soudure> & usinage" in found[name].decode()
        assert f"https://semaine.example/evenements/{event.id}" in found[name].decode()


def test_the_same_event_gives_the_same_file(archivist, event, edition):
    assert archivist.kit(event, edition) == archivist.kit(event, edition)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_poster_is_a_tagged_pdf_in_its_language(archivist, event, edition, language):
    """The compiler refuses what PDF/UA-1 does not allow, such as an image without words for it."""
    content = archivist.poster(event, edition, language=language)
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid" in content
    assert b"/Lang(%b" % language.encode() in content


def test_the_code_on_the_poster_leads_to_the_events_page(archivist, event, edition, monkeypatch):
    """Read back as a telephone does, from an image of the page."""
    monkeypatch.setattr(documents, "pdf", documents.png)
    page = Image.open(io.BytesIO(archivist.poster(event, edition, language="fr")))
    (code,) = zxingcpp.read_barcodes(page.convert("L"))
    assert code.text == f"https://semaine.example/evenements/{event.id}"


def test_what_organisers_write_is_text_and_no_markup_and_fits_on_one_page(archivist, event, edition, monkeypatch):
    """An image is made of one page alone."""
    monkeypatch.setattr(documents, "pdf", documents.png)
    hostile = '#read("/etc/hostname") *bold* $x$ ] #panic() ' + "vraiment long " * 11
    slots = tuple(
        Slot(begin=slot.begin + timedelta(days=day), end=slot.end + timedelta(days=day))
        for day in range(9)
        for slot in event.slots
    )
    written = replace(event, title=hostile, slots=slots)
    assert archivist.poster(written, edition, language="en").startswith(b"\x89PNG")
