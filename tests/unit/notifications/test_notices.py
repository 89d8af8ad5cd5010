"""Which messages make which notices."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from notifications.mails.domain import (
    access_notice,
    confirmation_notice,
    content_of,
    decision_notice,
)
from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import Access, ParticipationState

NOW = datetime(2020, 1, 14, 9, 30, tzinfo=UTC)


def criterion(name: str, weight: str, outcome: str) -> CriterionResult:
    return CriterionResult(criterion=name, weight=weight, outcome=outcome, reason=Bilingual(fr=f"{name} fr", en=name))


CRITERIA = (
    criterion("window", "must", "met"),
    criterion("free", "must", "unmet"),
    criterion("relevance", "must", "doubtful"),
    criterion("length", "should", "unmet"),
)


def decision(verdict: str, **more) -> DecisionState:
    return DecisionState(
        id=UUID(int=1), event_id=UUID(int=2), edition_id="2020", organiser_id=UUID(int=3), revision=4,
        charter_version="2020-1", verdict=verdict, criteria=CRITERIA, decided_by="charter", decided_at=NOW, **more,
    )  # fmt: skip


@pytest.mark.parametrize(("verdict", "reasons", "advice"), [
    ("refused", ["free"], ["relevance", "length"]),
    ("in_review", ["free", "relevance"], ["length"]),
    ("labelled", [], ["free", "relevance", "length"]),
])  # fmt: skip
def test_a_decision_is_told_with_what_decided_it(verdict, reasons, advice):
    notice = decision_notice(message_id="m", decision=decision(verdict, due_on=date(2020, 1, 20), note="Bien"))
    assert (notice.kind, notice.recipient_id, notice.event_id, notice.revision) == (
        verdict,
        UUID(int=3),
        UUID(int=2),
        4,
    )
    assert [reason.en for reason in notice.content.reasons] == reasons
    assert [reason.en for reason in notice.content.advice] == advice
    assert notice.content.note == "Bien"


def test_contents_survive_being_stored():
    notice = decision_notice(message_id="m", decision=decision("in_review", due_on=date(2020, 1, 20)))
    assert content_of(kind=notice.kind, value=notice.content.model_dump(mode="json")) == notice.content
    access = access_notice(message_id="m", recipient_id=UUID(int=1), access=Access(code="c" * 16, expires_at=NOW))
    assert content_of(kind=access.kind, value=access.content.model_dump(mode="json")) == access.content


@pytest.mark.parametrize(("notify", "contact", "told"), [
    (True, UUID(int=9), True), (False, UUID(int=9), False), (True, None, False),
])  # fmt: skip
def test_only_who_wants_a_confirmation_gets_one(notify, contact, told):
    participation = ParticipationState(id=UUID(int=5), kind="person", people=1, contact_id=contact, status="active",
                                       notify=notify, signed_up_at=NOW)  # fmt: skip
    notice = confirmation_notice(message_id="m", event_id=UUID(int=2), participation=participation)
    assert (notice is not None) is told
