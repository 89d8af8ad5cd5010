"""A mail of each kind with made-up data: for looking at, and for tests that every template gets what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

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
from shared.contracts.base import Bilingual, Language
from shared.contracts.registration import Place, Slot

NOW = datetime(2020, 1, 14, 9, 30, tzinfo=UTC)
EDITION = Edition(
    id="2020",
    name=Bilingual(fr="Semaine de l’industrie 2020", en="Industry Week 2020"),
    submission_deadline=date(2020, 3, 1),
)


def _slot(begin: str, end: str) -> Slot:
    return Slot(begin=datetime.fromisoformat(begin), end=datetime.fromisoformat(end))


EVENT = Event(
    id=UUID("01934b5e-7b00-7a55-9f3e-5c3b8f1d2e44"),
    revision=3,
    title="Visite de l'atelier <soudure> & usinage",
    reference="VISITE-01",
    organiser="Chaudronnerie de l'Estuaire",
    time_zone="Europe/Paris",
    slots=(
        _slot("2020-03-31T14:30", "2020-03-31T17:00"),
        _slot("2020-03-31T09:00", "2020-03-31T12:00"),
        _slot("2020-04-01T09:00", "2020-04-01T12:00"),
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
    changed_at=NOW,
)
_CONTENTS: tuple[tuple[str, MailKind, MailContent], ...] = (
    ("receipt", "receipt", ReceiptContent(amended=False)),
    ("receipt-amended", "receipt", ReceiptContent(amended=True)),
    (
        "labelled",
        "labelled",
        DecisionContent(
            advice=(Bilingual(fr="Décrivez l’atelier.", en="Describe the workshop."),),
            note="Vu sur place.\nBravo !",
        ),
    ),
    (
        "refused",
        "refused",
        DecisionContent(
            reasons=(
                Bilingual(fr="Le 12 mai est hors de la période.", en="12 May is outside the window."),
                Bilingual(fr="L’entrée coûte 5 €.", en="Entry costs 5 €."),
            ),
            advice=(Bilingual(fr="Décrivez l’atelier.", en="Describe the workshop."),),
        ),
    ),
    (
        "in_review",
        "in_review",
        DecisionContent(
            reasons=(Bilingual(fr="Le lien avec l’industrie est à préciser.", en="The link to industry is unclear."),),
            due_on=date(2020, 3, 6),
        ),
    ),
    ("confirmation", "confirmation", ConfirmationContent(kind="person", people=1)),
    ("confirmation-group", "confirmation", ConfirmationContent(kind="group", people=24)),
    ("access", "access", AccessContent(code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC))),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """`name` is the kind, with what sets this sample of it apart."""

    name: str
    mail: Mail


def samples(*, language: Language) -> Iterator[Sample]:
    """At least one mail of every kind."""
    for number, (name, kind, content) in enumerate(_CONTENTS, start=1):
        about_event = kind != "access"
        mail = Mail(
            id=UUID(int=number),
            kind=kind,
            content=content,
            contact=Contact(id=UUID(int=8), email="zoe@example.org", name="Zoé", language=language),
            event=EVENT if about_event else None,
            edition=EDITION if about_event else None,
        )
        yield Sample(name=name, mail=mail)
