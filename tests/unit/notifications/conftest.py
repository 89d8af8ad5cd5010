"""An event, an edition and people to write to."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from notifications.mails.domain import (
    AccessContent,
    ConfirmationContent,
    Contact,
    DecisionContent,
    Edition,
    Event,
    Mail,
    MailContent,
    MailKind,
    ReceiptContent,
)
from notifications.mails.rendering import Writer
from shared.contracts.base import Bilingual, Language
from shared.contracts.registration import Place, Slot

EVENT_ID = UUID("01934b5e-7b00-7a55-9f3e-5c3b8f1d2e44")

CONTENTS: dict[MailKind, MailContent] = {
    "receipt": ReceiptContent(amended=False),
    "labelled": DecisionContent(),
    "refused": DecisionContent(
        reasons=(
            Bilingual(fr="Le 12 mai est hors de la période.", en="12 May is outside the window."),
            Bilingual(fr="L’entrée coûte 5 €.", en="Entry costs 5 €."),
        ),
        advice=(Bilingual(fr="Décrivez l’atelier.", en="Describe the workshop."),),
    ),
    "in_review": DecisionContent(
        reasons=(Bilingual(fr="Le lien avec l’industrie est à préciser.", en="The link to industry is unclear."),),
        due_on=date(2020, 3, 6),
    ),
    "confirmation": ConfirmationContent(kind="group", people=24),
    "access": AccessContent(code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC)),
}


@pytest.fixture
def edition() -> Edition:
    return Edition(
        id="2020",
        name=Bilingual(fr="Semaine de l’industrie 2020", en="Industry Week 2020"),
        submission_deadline=date(2020, 3, 1),
    )


@pytest.fixture
def event() -> Event:
    return Event(
        id=EVENT_ID,
        revision=3,
        title="Visite de l'atelier <soudure> & usinage",
        reference="VISITE-01",
        organiser="Chaudronnerie de l'Estuaire",
        time_zone="Europe/Paris",
        slots=(
            Slot(begin=datetime.fromisoformat("2020-03-31T14:30"), end=datetime.fromisoformat("2020-03-31T17:00")),
            Slot(begin=datetime.fromisoformat("2020-03-31T09:00"), end=datetime.fromisoformat("2020-03-31T12:00")),
            Slot(begin=datetime.fromisoformat("2020-04-01T09:00"), end=datetime.fromisoformat("2020-04-01T12:00")),
        ),
        place=Place(
            mode="onsite",
            name="Atelier",
            address="2 rue des Chantiers",
            postcode="44550",
            city="Montoir-de-Bretagne",
            latitude=47.3,
            longitude=-2.15,
        ),
        changed_at=datetime(2020, 1, 14, 9, 30, tzinfo=UTC),
    )


@pytest.fixture(scope="session")
def writer() -> Writer:
    return Writer(public_url="https://semaine.example/")


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
