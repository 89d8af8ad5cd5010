"""The decision: a pure function of event, edition and charter, whose verdict follows the weights."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelling.domain.decision import decide, review, verdict_of
from labelling.domain.explanation import explain
from shared.contracts.base import Bilingual
from shared.contracts.labelling import CriterionResult, DecisionState
from shared.contracts.registration import Slot

_quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_outcomes = st.lists(
    st.tuples(st.sampled_from(["must", "should"]), st.sampled_from(["met", "doubtful", "unmet"])), max_size=8
)
_local_times = st.datetimes(min_value=datetime(2019, 12, 1), max_value=datetime(2020, 12, 31))  # noqa: DTZ001
_texts = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "usine",
                "yoga",
                "soudure",
                "concert",
                "de",
                "la",
                "robot",
                "recette",
                "fabrication",
                "visite",
                "entreprise",
                "métiers",
            ]
        ),
        max_size=60,
    ).map(" ".join),
)
_changes = st.fixed_dictionaries({
    "title": _texts,
    "description": _texts,
    "audience": st.lists(
        st.sampled_from(["general_public", "young_people", "jobseekers", "professionals", "staff_only"]),
        max_size=5,
        unique=True,
    ).map(tuple),
    "price_cents": st.integers(0, 2000),
    "slots": st.lists(st.builds(Slot, begin=_local_times, end=_local_times), max_size=4).map(tuple),
    "duplicate_of": st.none() | st.uuids(),
    "organiser": st.fixed_dictionaries({
        "kind": st.sampled_from(["company", "school", "association", "public_body"]),
        "siret": st.none() | st.sampled_from(["73282932000074", "73282932000079", "x"]),
        "uai": st.none() | st.text(max_size=10),
        "rna": st.none() | st.text(max_size=12),
    }),
    "place": st.fixed_dictionaries({
        "mode": st.sampled_from(["onsite", "online", "mixed"]),
        "commune": st.none() | st.just("44109"),
        "departement": st.none() | st.sampled_from(["44", "67", "974"]),
        "city": st.sampled_from(["Nantes", "", "{city}"]),
    }),
})  # fmt: skip


def _results(outcomes):
    reason = Bilingual(fr="x", en="x")
    return [
        CriterionResult(criterion=f"c{number}", weight=weight, outcome=outcome, reason=reason)
        for number, (weight, outcome) in enumerate(outcomes)
    ]


@given(outcomes=_outcomes)
def test_the_verdict_follows_the_weights(outcomes):
    verdict = verdict_of(_results(outcomes))
    refuses = ("must", "unmet") in outcomes
    asks = ("must", "doubtful") in outcomes or ("should", "unmet") in outcomes
    assert verdict == ("refused" if refuses else "in_review" if asks else "labelled")


@given(outcomes=_outcomes, extra=st.tuples(st.sampled_from(["must", "should"]), st.sampled_from(["doubtful", "unmet"])))
def test_one_more_doubt_never_helps(outcomes, extra):
    severity = ["labelled", "in_review", "refused"]
    before, after = verdict_of(_results(outcomes)), verdict_of(_results([*outcomes, extra]))
    assert severity.index(after) >= severity.index(before)


@_quick
@given(changes=_changes)
def test_any_event_is_decided_and_the_same_event_the_same_way(charter, edition, event, changes):
    submitted = event(**changes)

    def decided(number: int) -> DecisionState:
        now = datetime(2020, 2, 3, tzinfo=UTC) + timedelta(days=number)
        return decide(event=submitted, edition=edition, charter=charter, id_=UUID(int=number), now=now)

    first, second = decided(1), decided(2)
    assert first.model_copy(update={"id": second.id, "decided_at": second.decided_at}) == second
    assert [result.criterion for result in first.criteria] == [criterion.criterion for criterion in charter.criteria]
    assert first.verdict == verdict_of(first.criteria)
    assert (first.due_on is not None) == (first.verdict == "in_review")
    assert DecisionState.model_validate_json(first.model_dump_json()) == first
    for result in first.criteria:
        assert result.reason.fr.strip()
        assert result.reason.en.strip()


def test_a_decision_says_on_what_it_was_made(decided, event):
    decision = decided(event(revision=3))
    assert (decision.revision, decision.charter_version, decision.decided_by) == (3, "2020-1", "charter")
    assert decision.departement == "44"
    assert decision.organiser_id == event().organiser.id


def test_only_what_the_committee_has_to_see_gets_a_deadline(decided, event):
    unclear = decided(event(audience=()))
    assert (unclear.verdict, unclear.due_on.isoformat()) == ("in_review", "2020-02-07")


@pytest.fixture
def settled(decided, event):
    return review(
        pending=decided(event(audience=())),
        verdict="labelled",
        reason="L’organisateur a confirmé : tout public.",
        referent="referent-44",
        id_=UUID(int=7),
        now=datetime(2020, 2, 5, tzinfo=UTC),
    )


def test_a_referent_decides_in_place_of_the_charter(settled, decided, event):
    assert (settled.verdict, settled.decided_by, settled.referent) == ("labelled", "referent", "referent-44")
    assert settled.due_on is None
    assert settled.criteria == decided(event(audience=())).criteria


def test_a_decision_is_explained_in_plain_words(decided, event, charter):
    explanation = explain(decision=decided(event(price_cents=500)), charter=charter, language="fr")
    assert explanation.verdict == "L’événement n’est pas labellisé."
    assert "3 février 2020" in explanation.how
    assert "charte 2020-1" in explanation.how
    price = next(criterion for criterion in explanation.criteria if criterion.name == "Gratuité")
    assert price.outcome == "obligatoire, non rempli"
    assert price.reason == "L’événement est payant (5 €) ; il doit être gratuit."


def test_an_explanation_gives_the_deadline_and_the_referents_reason(decided, event, charter, settled):
    pending = explain(decision=decided(event(audience=())), charter=charter, language="en")
    assert pending.verdict == "The committee is reviewing the event."
    assert "Answer by 7 February 2020 at the latest." in pending.how
    after = explain(decision=settled, charter=charter, language="en")
    assert after.verdict == "The event is labelled."
    assert "settled by a referent: L’organisateur a confirmé" in after.how
