"""The label kit: a ZIP of images and words, in both languages."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from notifications.kits.archive import Archivist
from notifications.mails.domain import Edition, Event

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def archivist() -> Archivist:
    return Archivist(public_url="https://semaine.example/")


def contents(archivist: Archivist, event: Event, edition: Edition) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archivist.kit(event, edition))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def words(image: str) -> str:
    return " ".join("".join(each.itertext()) for each in ET.fromstring(image).iter(f"{SVG}text"))  # noqa: S314 - ours


def test_it_holds_label_poster_and_announcement_in_both_languages(archivist, event, edition):
    found = contents(archivist, event, edition)
    assert sorted(found) == [
        "affiche-fr.svg", "annonce-fr.txt", "announcement-en.txt", "label-en.svg", "label-fr.svg", "poster-en.svg",
    ]  # fmt: skip
    assert "Semaine de l’industrie 2020" in words(found["label-fr.svg"])
    assert "Industry Week 2020" in words(found["label-en.svg"])
    for name in ("affiche-fr.svg", "poster-en.svg"):
        assert "<soudure>" in words(found[name])
        assert "44550 Montoir-de-Bretagne" in words(found[name])
    for name in ("annonce-fr.txt", "announcement-en.txt"):
        assert "Visite de l'atelier <soudure> & usinage" in found[name]
        assert f"https://semaine.example/evenements/{event.id}" in found[name]
    assert "mardi 31 mars 2020" in found["affiche-fr.svg"]
    assert "Tuesday 31 March 2020" in found["poster-en.svg"]


def test_the_same_event_gives_the_same_file(archivist, event, edition):
    assert archivist.kit(event, edition) == archivist.kit(event, edition)
