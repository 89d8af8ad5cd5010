"""Mail templates: `templates/<kind>.<language>.{subject.txt,txt,html}`, compiled once, their styles inlined once."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from notifications.mails.acts import act_variables
from notifications.mails.domain import (
    EVENT_PATH,
    KIT_PATH,
    REVIEW_PATH,
    SIGN_UP_PATH,
    WAITING_PATH,
    AccessContent,
    ActContent,
    CalledOffContent,
    ConfirmationContent,
    DecisionContent,
    DigestContent,
    Edition,
    Event,
    Mail,
    MovedContent,
    OfferContent,
    OfferOverContent,
    PartnerDigestContent,
    ReceiptContent,
    ReminderContent,
    WaitingContent,
    WaitingOverContent,
)
from notifications.mails.wording import day_in_words, moment_in_words, place_in_words, slots_in_words
from notifications.preferences.domain import Links
from shared import territory
from shared.contracts.base import Language
from shared.contracts.notifications import MailKind
from shared.pages.addresses import HOMES

TEMPLATES = Path(__file__).parent.parent / "templates"
_STYLE = "mail.css"
_LINE = 80
_LONGEST_LINE = 100
_NATIONAL_ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A mail in words."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Templates:
    subject: Template
    text: Template
    html: Template


class _InliningLoader(FileSystemLoader):
    """
    Puts the style sheet into the `style` attributes of each HTML template as it is loaded.

    Mail programs drop style sheets. Jinja's own marks are text and attribute values to the inliner and pass through
    it unchanged, as long as they hold no `<`, `>` or `&`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
        self._style = (folder / _STYLE).read_text()

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, fresh = super().get_source(environment, template)
        if template.startswith("base") and template.endswith(".html"):
            source = self._inliner.inline(source.replace("</head>", f"<style>{self._style}</style></head>"))
        elif template.endswith(".html"):
            source = self._inliner.inline_fragment(source, self._style)
        return source, filename, fresh


class Writer:
    """Writes mails. `public_url` is the gateway's address as people see it."""

    def __init__(self, *, public_url: str, links: Links, templates: Path = TEMPLATES) -> None:
        self._public_url = public_url.rstrip("/")
        self._links = links
        environment = Environment(
            loader=_InliningLoader(templates),
            undefined=StrictUndefined,
            autoescape=lambda name: (name or "").endswith(".html"),  # noqa: S701 - texts are not HTML
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates: dict[tuple[MailKind, Language], _Templates] = {
            (kind, language): _Templates(
                *(environment.get_template(f"{kind}.{language}.{part}") for part in ("subject.txt", "txt", "html"))
            )
            for kind in get_args(MailKind)
            for language in get_args(Language)
        }

    def write(self, mail: Mail) -> Written:
        """The mail in its recipient's language."""
        templates = self._templates[mail.kind, mail.contact.language]
        variables = self._variables(mail)
        return Written(
            subject=" ".join(templates.subject.render(variables).split()),
            text=_in_lines(templates.text.render(variables)),
            html=templates.html.render(variables),
        )

    @property
    def host(self) -> str:
        """Of the gateway: what makes the UIDs of calendars unique, on the event's page as in mails."""
        return urlsplit(self._public_url).hostname or "localhost"

    def event_link(self, event: Event) -> str:
        """Where the event can be read."""
        return self._public_url + EVENT_PATH.format(event_id=event.id)

    def _variables(self, mail: Mail) -> dict[str, Any]:
        language = mail.contact.language
        variables: dict[str, Any] = {
            "name": " ".join(mail.contact.name.split()),
            "public_url": self._public_url,
            "preferences_link": self._links.preferences(mail.contact.id),
            "about_event": mail.event is not None,
        }
        if mail.event is not None:
            variables |= self._event_variables(mail.event, language)
        if mail.edition is not None:
            variables |= _edition_variables(mail.edition, language)
        if isinstance(mail.content, DigestContent):
            return variables | _digest_variables(mail.content, language, public_url=self._public_url)
        if isinstance(mail.content, PartnerDigestContent):
            return variables | _partner_digest_variables(mail.content, public_url=self._public_url)
        return variables | self._content_variables(mail, language)

    def _content_variables(self, mail: Mail, language: Language) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        match mail.content:
            case ReceiptContent(amended=amended):
                variables["amended"] = amended
            case DecisionContent() as content:
                variables |= _decision_variables(content, language)
            case ConfirmationContent(kind=kind, people=people, participation_id=id_):
                variables |= {"kind": kind, "people": people}
                variables["answer_link"] = self._public_url + SIGN_UP_PATH.format(participation_id=id_) if id_ else None
            case AccessContent(code=code, expires_at=expires_at, digests=digests):
                variables |= {"code": code, "digests": digests}
                variables["expires_at"] = _in_words(expires_at, language)
            case (
                ReminderContent(people=people, sign_up_id=sign_up_id)
                | MovedContent(people=people, sign_up_id=sign_up_id)
            ):
                variables["people"] = people
                variables["answer_link"] = self._public_url + SIGN_UP_PATH.format(participation_id=sign_up_id)
            case CalledOffContent(people=people):
                variables["people"] = people
            case WaitingContent() | OfferContent() | OfferOverContent() | WaitingOverContent() as content:
                variables |= _waiting_variables(content, mail.event, language)
                variables["answer_link"] = self._public_url + WAITING_PATH.format(entry_id=content.entry_id)
            case ActContent() as content:
                variables |= act_variables(mail, content, event_link=self.event_link, public_url=self._public_url)
        return variables

    def _event_variables(self, event: Event, language: Language) -> dict[str, Any]:
        return {
            "title": " ".join(event.title.split()),
            "reference": event.reference,
            "organiser": event.organiser,
            "slots": slots_in_words(event.slots, time_zone=event.time_zone, language=language),
            "place": place_in_words(event.place, language=language),
            "link": self.event_link(event),
            "kit_link": self._public_url + KIT_PATH.format(event_id=event.id),
        }


def _in_lines(text: str) -> str:
    """Paragraphs are broken where a plain text has to be; links stay whole."""
    return "\n".join(_broken(line) if len(line) > _LONGEST_LINE else line for line in text.split("\n"))


@lru_cache(maxsize=4096)
def _broken(line: str) -> str:
    """Many mails have their paragraphs in common."""
    if "http" in line:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line, _LINE, initial_indent="", subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _edition_variables(edition: Edition, language: Language) -> dict[str, Any]:
    return {
        "edition": edition.name.in_language(language),
        "deadline": day_in_words(edition.submission_deadline, language=language),
    }


def _decision_variables(content: DecisionContent, language: Language) -> dict[str, Any]:
    return {
        "reasons": [reason.in_language(language) for reason in content.reasons],
        "advice": [advice.in_language(language) for advice in content.advice],
        "note": content.note,
        "due_on": day_in_words(content.due_on, language=language) if content.due_on else None,
    }


def _waiting_variables(
    content: WaitingContent | OfferContent | OfferOverContent | WaitingOverContent,
    event: Event | None,
    language: Language,
) -> dict[str, Any]:
    variables: dict[str, Any] = {"people": content.people}
    match content:
        case WaitingContent(position=position):
            variables["position"] = position
        case OfferContent(expires_at=expires_at):
            zone = ZoneInfo(event.time_zone) if event else _NATIONAL_ZONE
            variables["until"] = moment_in_words(expires_at.astimezone(zone), language=language)
        case OfferOverContent(why=why):
            variables["why"] = why
    return variables


def _digest_variables(content: DigestContent, language: Language, *, public_url: str) -> dict[str, Any]:
    return {
        **content.model_dump(include={"every", "waiting", "late", "due", "new"}),
        "queue_link": public_url + HOMES["referent"],
        "items": [
            {
                "title": " ".join(each.title.split()),
                "place": territory.name_of(each.departement) if each.departement else None,
                "due_on": day_in_words(each.due_on, language=language) if each.due_on else None,
                "late": each.late,
                "new": each.new,
                "link": public_url + REVIEW_PATH.format(event_id=each.event_id),
            }
            for each in content.items
        ],
        "more": content.waiting - len(content.items),
    }


def _partner_digest_variables(content: PartnerDigestContent, *, public_url: str) -> dict[str, Any]:
    told = content.new + content.changed + content.cancelled
    return {
        **content.model_dump(include={"every", "new", "changed", "cancelled", "accepted", "failing", "dead"}),
        "partner": " ".join(content.partner.split()),
        "told": told,
        "endpoint_link": f"{public_url}{HOMES['partner']}/{content.partner_id}",
        "items": [
            {
                "title": " ".join(each.title.split()),
                "place": territory.name_of(each.departement) if each.departement else None,
                "became": each.became,
                "link": public_url + EVENT_PATH.format(event_id=each.event_id),
            }
            for each in content.items
        ],
        "more": told - len(content.items),
    }


def _in_words(instant: datetime, language: Language) -> str:
    return moment_in_words(instant.astimezone(_NATIONAL_ZONE), language=language)
