"""Days as people count them, terms where they stand in a text, and addresses of the queue."""

from datetime import UTC, datetime, timedelta

import pytest

from labelling.pages import highlights
from labelling.pages.dues import Due
from labelling.pages.questions import Question
from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult

DUE_BEFORE = datetime(2020, 11, 17, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "kind", "days"),
    [
        (timedelta(hours=60), "later", 2),
        (timedelta(hours=24, seconds=1), "later", 1),
        (timedelta(hours=24), "today", 0),
        (timedelta(seconds=1), "today", 0),
        (timedelta(0), "late", 1),
        (timedelta(hours=-23), "late", 1),
        (timedelta(hours=-24), "late", 2),
    ],
)
def test_days_are_counted_to_the_end_of_the_last_one(left, kind, days):
    assert Due.of(DUE_BEFORE, now=DUE_BEFORE - left) == Due(kind=kind, days=days)


def result(criterion, *found, outcome="doubtful"):
    reason = Bilingual(fr="-", en="-")
    return CriterionResult(criterion=criterion, weight="must", outcome=outcome, reason=reason, found=found)


def test_terms_are_marked_where_they_stand_whatever_their_form():
    found = highlights.terms([result("relevance", "soudure", "salle de commande", "-concert")])
    text = "Soudures, puis la salle de commande ; un CONCERT. Une salle."
    pieces = highlights.pieces(text, found)
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, piece.speaks) for piece in pieces if piece.speaks] == [
        ("Soudures", "for"),
        ("salle de commande", "for"),
        ("CONCERT", "against"),
    ]


def test_phrases_about_a_price_are_marked_while_they_are_in_doubt():
    phrase = "tarif réduit"
    assert highlights.terms([result("free_of_charge", phrase)]) == {phrase: "against"}
    assert highlights.terms([result("free_of_charge", phrase, outcome="met"), result("territory", "67")]) == {}


@pytest.mark.parametrize("text", ["", "L’été, été", "e\u0301tat", "…"])
def test_a_text_without_terms_stays_whole(text):
    assert len(highlights.pieces(text, {"soudure": "for"})) == bool(text)


def test_a_question_is_its_address():
    question = Question(departement="2A", edition_id="2020", whose="mine")
    assert question.address() == "/comite?departement=2A&edition=2020&whose=mine"
    assert Question.read({"departement": "2A", "edition": "2020", "whose": "mine"}) == question
    assert question.address(after="x").endswith("after=x")
    assert Question.read({"whose": "me", "status": "lost", "after": ""}) == Question()
    assert Question().address("/comite/doublons") == "/comite/doublons"
