"""What is in a kit: label and announcement from `templates/kit/<name>.<language>.{svg,txt}`, and the poster."""

from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from notifications.kits.poster import LABELLED, poster
from notifications.mails.domain import EVENT_PATH, Edition, Event
from notifications.mails.rendering import TEMPLATES
from notifications.mails.wording import place_in_words, slots_in_words
from shared.contracts.base import Language

_FILES: dict[Language, dict[str, str]] = {
    "fr": {"label-fr.svg": "label.svg", "annonce-fr.txt": "announcement.fr.txt"},
    "en": {"label-en.svg": "label.svg", "announcement-en.txt": "announcement.en.txt"},
}
POSTERS: dict[Language, str] = {"fr": "affiche-fr.pdf", "en": "poster-en.pdf"}


class Archivist:
    """Makes kits. `public_url` is the gateway's address as people see it, without a slash at its end."""

    def __init__(self, *, public_url: str, templates: Path = TEMPLATES / "kit") -> None:
        self._public_url = public_url.rstrip("/")
        environment = Environment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=lambda name: (name or "").endswith(".svg"),  # noqa: S701 - texts are not XML
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates: dict[str, Template] = {
            name: environment.get_template(name) for files in _FILES.values() for name in files.values()
        }

    def kit(self, event: Event, edition: Edition) -> bytes:
        """The kit as a ZIP file; the same for the same event."""
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            for language in get_args(Language):
                variables = self._variables(event, edition, language)
                for name, template in _FILES[language].items():
                    content = self._templates[template].render(variables)
                    archive.writestr(ZipInfo(name), content, compress_type=ZIP_DEFLATED)
                archive.writestr(ZipInfo(POSTERS[language]), self.poster(event, edition, language=language))
        return packed.getvalue()

    def poster(self, event: Event, edition: Edition, *, language: Language) -> bytes:
        """The poster as PDF."""
        return poster(event, edition, link=self._link(event), language=language)

    def _link(self, event: Event) -> str:
        return self._public_url + EVENT_PATH.format(event_id=event.id)

    def _variables(self, event: Event, edition: Edition, language: Language) -> dict[str, object]:
        return {
            "labelled": LABELLED[language],
            "language": language,
            "edition": edition.name.in_language(language),
            "title": " ".join(event.title.split()),
            "organiser": event.organiser,
            "slots": slots_in_words(event.slots, time_zone=event.time_zone, language=language),
            "place": place_in_words(event.place, language=language),
            "link": self._link(event),
        }
