"""A mail of each kind with made-up data: for looking at, and for tests that every template gets what it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.mails.domain import (
    AccessContent,
    ActContent,
    CalledOffContent,
    ConfirmationContent,
    Contact,
    DecisionContent,
    DigestContent,
    DigestItem,
    Edition,
    Event,
    Mail,
    MailContent,
    MovedContent,
    OfferContent,
    OfferOverContent,
    PartnerDigestContent,
    PartnerDigestItem,
    ReceiptContent,
    ReminderContent,
    SignUp,
    WaitingContent,
    WaitingOverContent,
    Waits,
)
from shared.contracts.base import Bilingual, Language
from shared.contracts.notifications import MailKind
from shared.contracts.registration import Act, ActKind, Occurrence, Place, Slot, Window

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
MOVED = replace(
    EVENT,
    revision=4,
    slots=(_slot("2020-11-17T14:30", "2020-11-17T17:00"), _slot("2020-11-17T09:00", "2020-11-17T12:00")),
    previous_slots=EVENT.slots[:2],
    occurrence="rescheduled",
    act_number=1,
    calendar_sequence=4,
)
OVERSEAS = replace(
    MOVED,
    id=UUID("01934b5e-7b00-7a55-9f3e-5c3b8f1d2e45"),
    title="Forum des métiers",
    reference=None,
    organiser="Lycée de la Rivière",
    time_zone="Indian/Reunion",
    place=Place(mode="onsite", name="Gymnase", postcode="97421", city="Saint-Louis"),
)


def _week(monday: str) -> Window:
    first = date.fromisoformat(monday)
    return Window(first_day=first, last_day=first + timedelta(days=6))


def _after_act(**more: Any) -> Edition:
    act = Act(
        id=UUID(int=20),
        number=1,
        kind="postponed",
        previous_dates=_week("2020-03-30"),
        previous_label_window=_week("2020-03-30"),
        previous_submission_deadline=date(2020, 3, 1),
        terms=Bilingual(
            fr="Les propositions rouvrent jusqu’au 16 octobre.\nLes labels sont réexaminés.",
            en="Submissions are open again until 16 October.\nLabels are decided again.",
        ),
        decided_at=NOW,
    )
    return replace(EDITION, dates=_week("2020-11-16"), act=act.model_copy(update=more))


_ORGANISED = ActContent(organised=(MOVED.id, OVERSEAS.id), organised_total=2, sign_ups_total=0)
_SIGNED_UP = ActContent(
    organised_total=0,
    sign_ups=(
        SignUp(event_id=MOVED.id, participation_id=UUID(int=30), people=1),
        SignUp(event_id=OVERSEAS.id, participation_id=UUID(int=31), people=24),
    ),
    sign_ups_total=2,
)
_BOTH = ActContent(organised=(OVERSEAS.id,), organised_total=41, sign_ups=_SIGNED_UP.sign_ups[:1], sign_ups_total=1)
_WAITING = ActContent(
    organised_total=0,
    sign_ups_total=0,
    waiting=(
        Waits(event_id=MOVED.id, entry_id=UUID(int=40), people=1, closed=False),
        Waits(event_id=OVERSEAS.id, entry_id=UUID(int=41), people=24, closed=False),
    ),
    waiting_total=2,
)
_GUEST_WAITING = _WAITING.model_copy(update={"sign_ups": _SIGNED_UP.sign_ups[1:], "sign_ups_total": 1})
_ASKED = _after_act(policy="confirmation", respond_by=date(2020, 10, 16))
_UNDATED = _after_act(kind="postponed_undated")
_CANCELLED = _after_act(kind="cancelled")
_WITHOUT_DATES = {"slots": EVENT.slots[:2], "previous_slots": ()}
_ACTS: tuple[tuple[str, MailKind, ActContent, Edition, Mapping[str, Any]], ...] = (
    ("act", "act", _BOTH, _ASKED, {}),
    ("act-organiser", "act", _ORGANISED, _ASKED, {}),
    ("act-kept", "act", _ORGANISED, _after_act(), {}),
    ("act-attendee", "act", _SIGNED_UP, _ASKED, {}),
    ("act-waiting", "act", _WAITING, _after_act(), {}),
    ("act-attendee-waiting", "act", _GUEST_WAITING, _after_act(), {}),
    ("act-waiting-undated", "act", _WAITING, _UNDATED, {"occurrence": "postponed", **_WITHOUT_DATES}),
    ("act-waiting-cancelled", "act", _WAITING, _CANCELLED, {"occurrence": "cancelled", **_WITHOUT_DATES}),
    ("act-undated", "act", _BOTH, _UNDATED, {"occurrence": "postponed", **_WITHOUT_DATES}),
    ("act-cancelled", "act", _BOTH, _CANCELLED, {"occurrence": "cancelled", **_WITHOUT_DATES}),
    ("answer_reminder", "answer_reminder", _ORGANISED, _ASKED, {}),
    ("lapsed", "lapsed", _ORGANISED, _ASKED, {"withdrawn": True}),
    ("lapsed-attendee", "lapsed", _SIGNED_UP, _ASKED, {"withdrawn": True}),
    ("lapsed-waiting", "lapsed", _WAITING, _ASKED, {"withdrawn": True}),
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
    ("confirmation", "confirmation", ConfirmationContent(kind="person", people=1, participation_id=UUID(int=30))),
    ("confirmation-group", "confirmation", ConfirmationContent(kind="group", people=24, participation_id=UUID(int=30))),
    (
        "reminder",
        "reminder",
        ReminderContent(sign_up_id=UUID(int=30), people=2, day=date(2020, 3, 31)),
    ),
    ("moved", "moved", MovedContent(sign_up_id=UUID(int=30), people=1)),
    ("moved-group", "moved", MovedContent(sign_up_id=UUID(int=30), people=24)),
    ("called_off", "called_off", CalledOffContent(sign_up_id=UUID(int=30), people=1)),
    ("called_off-group", "called_off", CalledOffContent(sign_up_id=UUID(int=30), people=24)),
    ("waiting", "waiting", WaitingContent(entry_id=UUID(int=40), people=1, position=3)),
    ("waiting-group", "waiting", WaitingContent(entry_id=UUID(int=40), people=24, position=1)),
    (
        "offer",
        "offer",
        OfferContent(entry_id=UUID(int=40), people=1, expires_at=datetime(2020, 3, 30, 7, tzinfo=UTC)),
    ),
    (
        "offer-group",
        "offer",
        OfferContent(entry_id=UUID(int=40), people=24, expires_at=datetime(2020, 3, 30, 7, tzinfo=UTC)),
    ),
    ("offer_over", "offer_over", OfferOverContent(entry_id=UUID(int=40), people=1, why="lapsed")),
    ("offer_over-suspended", "offer_over", OfferOverContent(entry_id=UUID(int=40), people=24, why="suspended")),
    ("offer_over-closed", "offer_over", OfferOverContent(entry_id=UUID(int=40), people=1, why="closed")),
    ("waiting_over", "waiting_over", WaitingOverContent(entry_id=UUID(int=40), people=1)),
    ("waiting_over-group", "waiting_over", WaitingOverContent(entry_id=UUID(int=40), people=24)),
    ("access", "access", AccessContent(code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC))),
    (
        "digest",
        "digest",
        DigestContent(
            every="day",
            waiting=34,
            late=1,
            due=1,
            new=1,
            items=(
                DigestItem(
                    event_id=UUID(int=50),
                    title=EVENT.title,
                    departement="44",
                    due_on=date(2020, 1, 13),
                    late=True,
                    new=False,
                ),
                DigestItem(
                    event_id=UUID(int=51),
                    title="Forum des métiers",
                    departement=None,
                    due_on=date(2020, 1, 15),
                    late=False,
                    new=True,
                ),
            ),
        ),
    ),
    (
        "partner_digest",
        "partner_digest",
        PartnerDigestContent(
            every="week",
            partner_id=UUID(int=60),
            partner="CCI Hauts-de-France",
            new=1,
            changed=32,
            cancelled=1,
            accepted=33,
            failing=2,
            dead=1,
            items=(
                PartnerDigestItem(event_id=UUID(int=50), title=EVENT.title, departement="59", became="new"),
                PartnerDigestItem(event_id=UUID(int=51), title="Forum des métiers", departement=None, became="changed"),
                PartnerDigestItem(event_id=UUID(int=52), title="Job dating", departement="62", became="cancelled"),
            ),
        ),
    ),
    (
        "partner_digest-failing",
        "partner_digest",
        PartnerDigestContent(
            every="day",
            partner_id=UUID(int=60),
            partner="CCI Hauts-de-France",
            new=0,
            changed=0,
            cancelled=0,
            accepted=0,
            failing=1,
            dead=0,
            items=(),
        ),
    ),
    (
        "digest_confirmation",
        "digest_confirmation",
        AccessContent(code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC)),
    ),
    ("own_data", "own_data", AccessContent(code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC))),
    (
        "own_data-digest",
        "own_data",
        AccessContent(
            code="kq3vA1x0T9mB7cWd", expires_at=datetime(2020, 2, 1, 12, tzinfo=UTC), digests=("day", "week")
        ),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """`name` is the kind, with what sets this sample of it apart."""

    name: str
    mail: Mail


def samples(*, language: Language) -> Iterator[Sample]:
    """At least one mail of every kind."""
    for number, (name, kind, content) in enumerate(_CONTENTS, start=1):
        about_event = kind not in {"access", "own_data", "digest", "partner_digest", "digest_confirmation"}
        mail = Mail(
            id=UUID(int=number),
            kind=kind,
            content=content,
            contact=_contact(language),
            event=replace(EVENT, withdrawn=kind == "called_off") if about_event else None,
            edition=EDITION if about_event else None,
        )
        yield Sample(name=name, mail=mail)
    yield from _acts(language)


def _acts(language: Language) -> Iterator[Sample]:
    for number, (name, kind, content, edition, changes) in enumerate(_ACTS, start=100):
        mail = Mail(
            id=UUID(int=number),
            kind=kind,
            content=content,
            contact=_contact(language),
            event=None,
            edition=edition,
            events={event.id: replace(event, **changes) for event in (MOVED, OVERSEAS)},
        )
        yield Sample(name=name, mail=mail)


def _contact(language: Language) -> Contact:
    return Contact(id=UUID(int=8), email="zoe@example.org", name="Zoé", language=language)


def act_samples(edition: Edition, *, language: Language) -> Iterator[Sample]:
    """What people in each role are told of the edition's act, with made-up events on its dates."""
    assert edition.act is not None
    for number, (role, content) in enumerate(_ROLES.items(), start=200):
        mail = Mail(
            id=UUID(int=number),
            kind="act",
            content=content,
            contact=_contact(language),
            event=None,
            edition=edition,
            events={event.id: _reached(event, edition.act, edition.dates) for event in (MOVED, OVERSEAS)},
        )
        yield Sample(name=f"act-{role}", mail=mail)


_ROLES = {"organiser": _ORGANISED, "attendee": _SIGNED_UP, "both": _BOTH, "waiting": _WAITING}
_OCCURRENCES: Mapping[ActKind, Occurrence] = {
    "postponed": "rescheduled",
    "postponed_undated": "postponed",
    "cancelled": "cancelled",
}


def _reached(event: Event, act: Act, dates: Window | None) -> Event:
    before = tuple(_on(act.previous_dates, slot) for slot in event.slots)
    return replace(
        event,
        occurrence=_OCCURRENCES[act.kind],
        previous_slots=before if act.kind == "postponed" else (),
        slots=tuple(_on(dates, slot) for slot in before) if act.kind == "postponed" and dates else before,
    )


def _on(window: Window, slot: Slot) -> Slot:
    """The slot, at its hours, on the second day of the window or its last."""
    day = min(window.first_day + timedelta(days=1), window.last_day)
    return Slot(begin=datetime.combine(day, slot.begin.time()), end=datetime.combine(day, slot.end.time()))
