"""Acknowledged, refused and unknown operations against what the services hold: each planted violation is found."""

import pytest

from semaine.faults.expected import expected
from semaine.faults.judging.counters import figures, judge_counters
from semaine.faults.judging.decisions import judge_decisions, judge_transitions
from semaine.faults.judging.operations import judge_operations
from semaine.faults.judging.registration import judge_registration
from semaine.faults.ledger import Operation
from tests.unit.faults.world import EVENT, GUEST, ORGANISER, appearance, decision, done, facts, ledger, told


def kinds(found):
    return [each.kind for each in found]


def registered(change=lambda _: None, *, entered=None):
    held = facts()
    change(held)
    return list(judge_registration(expected(entered or ledger()), held))


def test_what_is_held_as_it_was_acknowledged_is_clean():
    assert registered() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("revision", 3), ("receipts", 3), ("status", "refused"), ("organiser_id", "another"), ("announced", 2),
     ("parties", 0), ("cancelled", 2), ("actual", 7), ("list_sequence", 4)],
)  # fmt: skip
def test_another_figure_differs(name, value):
    found = registered(lambda held: held.events[EVENT].update({name: value}))
    assert [(each.kind, each.key) for each in found] == [("differs", EVENT)]


@pytest.mark.parametrize(
    ("name", "value"), [("title", "Autre"), ("capacity", None), ("slots", []), ("reference", None)]
)
def test_other_words_differ(name, value):
    assert kinds(registered(lambda held: held.events[EVENT]["content"].update({name: value}))) == ["differs"]


def test_an_acknowledged_event_that_is_not_there_is_lost():
    assert set(kinds(registered(lambda held: held.events.clear()))) == {"lost"}


def test_an_event_that_was_refused_and_is_there_is_double():
    def leave(held):
        held.events["another"] = held.events[EVENT]

    assert set(kinds(registered(leave))) == {"double"}


@pytest.mark.parametrize(
    ("name", "value"), [("status", "cancelled"), ("people", 2), ("confirmations", 1), ("email", "x@faults.example")]
)
def test_another_sign_up_differs(name, value):
    assert kinds(registered(lambda held: held.sign_ups[GUEST].update({name: value}))) == ["differs"]


def test_a_sign_up_is_there_once():
    assert kinds(registered(lambda held: held.sign_ups.clear())) == ["lost"]
    assert kinds(registered(lambda held: held.sign_ups.update(x=held.sign_ups[GUEST]))) == ["double"]


def test_more_people_than_places_differ():
    assert kinds(registered(lambda held: held.events[EVENT].update(capacity=0))) == ["differs"]


def test_drafts_and_organisers_are_there_once():
    assert kinds(registered(lambda held: held.drafts.add("x"))) == ["double"]
    assert kinds(registered(lambda held: held.contacts.pop(ORGANISER))) == ["lost"]


def test_an_unknown_operation_is_lost_and_an_answer_that_is_not_promised_differs():
    entered = ledger()
    assert list(judge_operations(entered, expected(entered))) == []
    entered.begin(Operation(kind="submit", method="POST", path="/", body={}, caller=None))
    entered.operations[0].oddities.append("answered 500")
    assert kinds(judge_operations(entered, expected(entered))) == ["lost", "differs"]


# Decisions and what became of them


def decided(change=lambda _: None, *, entered=None):
    held = facts()
    change(held)
    return kinds(judge_decisions(expected(entered or ledger()), held))


def test_the_last_revision_is_decided_once_by_the_charter():
    assert decided() == []
    assert "lost" in decided(lambda held: held.decisions.pop())
    assert "double" in decided(lambda held: held.decisions.append(decision(1, 2, "labelled")))


def test_a_revision_that_was_overtaken_need_not_be_decided():
    def skip(held):
        del held.decisions[0]
        held.cases[EVENT] = 1

    assert decided(skip) == []


def test_another_verdict_than_the_content_asks_for_differs():
    assert decided(lambda held: held.decisions[1].update(verdict="refused")) == ["differs"]


def test_a_decision_on_what_was_not_submitted_is_double():
    assert "double" in decided(lambda held: held.decisions.append(decision(1, 3, "labelled")))


def test_reviews_are_those_that_were_acknowledged():
    entered = ledger()
    answer = {"id": decision(1, 2, "refused")["id"], "verdict": "refused", "revision": 2}
    done(entered, "review", answer=answer, event_id=EVENT)

    def reviewed(held):
        held.decisions.append(decision(1, 2, "refused", "referent"))
        held.cases[EVENT] = 3

    assert decided(reviewed, entered=entered) == []
    assert decided(entered=entered) == ["lost"]
    assert decided(reviewed) == ["double"]
    done(entered, "review", answer=answer, event_id=EVENT)
    assert kinds(judge_operations(entered, expected(entered))) == ["double"]


def taken_over(records):
    return kinds(judge_transitions(expected(ledger()), facts(), records))


def test_each_verdict_is_taken_over_once():
    assert taken_over(told()) == []
    assert taken_over(told()[:3]) == ["lost"]
    again = appearance(5, body={"change": "labelled", "event": {"id": EVENT, "revision": 2}})
    assert taken_over([*told(), again]) == ["double"]


def test_an_amendment_is_told_once():
    again = appearance(5, body={"change": "amended", "event": {"id": EVENT, "revision": 2}})
    assert taken_over([*told(), again]) == ["double"]
    assert taken_over([each for each in told() if each.sequence != 3]) == ["lost"]


def test_a_repeated_record_is_no_second_change():
    assert taken_over([*told(), *told()]) == []


def test_counters_are_what_the_operations_add_up_to():
    known = expected(ledger())
    counted = figures(known)
    assert counted["status"] == {"labelled": (1, 1, 0)}
    assert list(judge_counters(known, published=counted, where="stats")) == []
    planted = counted | {"total": {"all": (1, 2, 0)}}
    assert [(each.kind, each.key) for each in judge_counters(known, published=planted, where="stats")] == [
        ("differs", "total all")
    ]
