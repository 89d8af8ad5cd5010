"""An event, an edition and people to write to."""

from collections.abc import Callable
from uuid import UUID

import pytest

from notifications.mails.domain import Contact, DecisionContent, Edition, Event, Mail, MailContent, MailKind
from notifications.mails.rendering import Writer
from notifications.mails.samples import EDITION, EVENT, samples
from notifications.preferences.domain import Links
from shared.contracts.base import Language

CONTENTS: dict[MailKind, MailContent] = {
    each.mail.kind: each.mail.content
    for each in samples(language="fr")
    if each.name not in {"labelled", "receipt-amended"}
} | {"labelled": DecisionContent()}


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
def mail(event: Event, edition: Edition) -> Callable[..., Mail]:
    def make(kind: MailKind, language: Language = "fr", content: MailContent | None = None, name: str = "Zoé") -> Mail:
        about_event = kind != "access"
        return Mail(
            id=UUID(int=7),
            kind=kind,
            content=content or CONTENTS[kind],
            contact=Contact(id=UUID(int=8), email="zoe@example.org", name=name, language=language),
            event=event if about_event else None,
            edition=edition if about_event else None,
        )

    return make
