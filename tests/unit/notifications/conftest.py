"""An event, an edition and people to write to."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from notifications.mails.domain import DecisionContent, Edition, Event, Mail, MailContent
from notifications.mails.rendering import Writer
from notifications.mails.samples import EDITION, EVENT, samples
from notifications.preferences.domain import Links
from shared.contracts.base import Language
from shared.contracts.notifications import MailKind

_CHOSEN = {"confirmation": "confirmation-group"}
"""Which sample stands for its kind, where it is not the one of that name."""


@pytest.fixture
def edition() -> Edition:
    return EDITION


@pytest.fixture
def event() -> Event:
    return EVENT


@pytest.fixture(scope="session")
def links() -> Links:
    found = Links(public_url="https://semaine.example/")
    found.open(b"a key of tests")
    return found


@pytest.fixture(scope="session")
def writer(links: Links) -> Writer:
    return Writer(public_url="https://semaine.example/", links=links)


@pytest.fixture
def mail() -> Callable[..., Mail]:
    def make(kind: MailKind, language: Language = "fr", content: MailContent | None = None, name: str = "Zoé") -> Mail:
        found = next(each.mail for each in samples(language=language) if each.name == _CHOSEN.get(kind, kind))
        contact = replace(found.contact, name=name)
        default = DecisionContent() if kind == "labelled" else found.content
        return replace(found, id=UUID(int=7), content=content or default, contact=contact)

    return make
