"""Acts on an edition: what they do to events by the ledger, and each planted violation is found."""

import json
from datetime import timedelta

import pytest

from semaine.faults.expected import expected
from semaine.faults.facts import Facts
from semaine.faults.judging.acts import judge_acts, judge_order, judge_told, reached
from semaine.faults.judging.decisions import judge_decisions
from semaine.faults.ledger import Ledger
from tests.unit.faults.world import (
    EVENT,
    GUEST,
    ORGANISER,
    PERSON,
    SECOND,
    appearance,
    arrival,
    decision,
    delivery,
    disturbance,
    done,
)

EDITION = {
    "id": "e",
    "dates": {"first_day": "2027-03-29", "last_day": "2027-04-04"},
    "label_window": {"first_day": "2027-03-15", "last_day": "2027-04-18"},
}
ACTS = ["a", "b"]
DAYS = ["2027-11-15", "2028-04-03"]
"""33 weeks after the first day, and 53."""
SLOTS = [[{"begin": f"{day}T09:00:00", "end": f"{day}T12:00:00"}] for day in ("2027-03-31", "2027-11-17", "2028-04-05")]
NOTICES = "registration.notices.v1"


def begun() -> Ledger:
    """An event with one guest."""
    found = Ledger(seed=1)
    found.edition = EDITION
    done(found, "register", answer={"id": ORGANISER, "email": "o@faults.example"})
    done(found, "submit", content=SECOND, expected="labelled", answer=state(0))
    body = {"kind": "person", "people": 1, "email": "p@faults.example"}
    done(found, "sign_up", body=body, answer={"participation": {"id": GUEST}}, event_id=EVENT)
    return found


def state(act):
    return {"id": EVENT, "organiser": {"id": ORGANISER}, "act_number": act}


def postpone(into, number=1, *, kind="postponed", policy="kept", id_=None):
    dates = {"first_day": DAYS[number - 1], "last_day": "2030-01-01"} if kind == "postponed" else None
    act = {"id": id_ or ACTS[number - 1], "number": number, "kind": kind, "policy": policy}
    return done(into, "postpone", body={"dates": dates}, answer={"act": act})


def answer(into, word, *, act=1, slots=None):
    body = {"answer": word, "act": act} | ({"slots": slots} if slots else {})
    return done(into, "answer", body=body, answer=state(act), event_id=EVENT, content=SECOND, expected="labelled")


def folded(ledger, *acts):
    return expected(ledger, reached={EVENT: acts}).events[EVENT]


def slots_of(event):
    return [{end: local[:16] for end, local in slot.items()} for slot in event.content["slots"]]


def short(slots):
    return [{end: local[:16] for end, local in slot.items()} for slot in slots]


def test_an_event_moves_with_its_edition_and_is_decided_again():
    ledger = begun()
    postpone(ledger)
    event = folded(ledger, 1)
    assert slots_of(event) == short(SLOTS[1])
    assert (event.revision, event.act_number, event.occurrence) == (2, 1, "rescheduled")
    assert (event.status, event.answer, event.amendments) == ("labelled", "not_asked", 0)


@pytest.mark.parametrize(("acts", "revision"), [((1, 2), 3), ((2,), 2)])
def test_a_later_act_moves_an_event_as_far_whether_the_first_had_reached_it_or_not(acts, revision):
    ledger = begun()
    postpone(ledger)
    postpone(ledger, 2)
    event = folded(ledger, *acts)
    assert slots_of(event) == short(SLOTS[2])
    assert event.revision == revision


def test_without_dates_an_event_stays_as_it_was_decided():
    ledger = begun()
    postpone(ledger, kind="postponed_undated")
    event = folded(ledger, 1)
    assert (event.revision, event.occurrence, event.status) == (1, "postponed", "labelled")
    assert slots_of(event) == SECOND["slots"]


def test_an_amendment_comes_before_the_acts_that_its_answer_does_not_know():
    ledger = begun()
    other = SECOND | {"title": "Autre"}
    done(ledger, "amend", content=other, expected="labelled", answer=state(0), event_id=EVENT)
    postpone(ledger)
    event = folded(ledger, 1)
    assert (event.revision, event.content["title"], slots_of(event)) == (3, "Autre", short(SLOTS[1]))


def test_old_dates_sent_again_after_an_act_are_outside_the_label_window():
    ledger = begun()
    postpone(ledger)
    done(ledger, "amend", content=SECOND, expected="labelled", answer=state(1), event_id=EVENT)
    event = folded(ledger, 1)
    assert (event.revision, event.status) == (3, "refused")


def test_until_an_act_reaches_an_event_it_may_be_decided_by_either_edition():
    ledger = begun()
    postpone(ledger)
    event = folded(ledger, 1)
    assert event.expected[1] == {"labelled", "refused"}
    assert event.expected[2] == {"labelled"}


def test_answers_are_news_once():
    ledger = begun()
    postpone(ledger, policy="confirmation")
    assert folded(ledger, 1).answer == "awaited"
    answer(ledger, "confirm")
    answer(ledger, "confirm")
    event = folded(ledger, 1)
    assert (event.answer, event.answered, event.amendments) == ("confirmed", 1, 0)


def test_other_dates_by_an_answer_are_an_amendment_and_a_second_click_is_none():
    ledger = begun()
    postpone(ledger, policy="confirmation")
    later = [{"begin": "2027-11-18T09:00", "end": "2027-11-18T12:00"}]
    answer(ledger, "change", slots=later)
    answer(ledger, "change", slots=later)
    event = folded(ledger, 1)
    assert (event.answer, event.answered, event.amendments, event.revision) == ("changed", 0, 1, 3)
    assert slots_of(event) == later


def test_what_is_withdrawn_by_an_answer_is_reached_by_no_later_act():
    ledger = begun()
    postpone(ledger)
    answer(ledger, "withdraw")
    answer(ledger, "withdraw")
    postpone(ledger, 2)
    event = folded(ledger, 1, 2)
    assert (event.status, event.declined, event.acts, event.answer) == ("withdrawn", 1, [1], "not_asked")


def test_one_click_keeps_or_gives_up_a_place():
    ledger = begun()
    about = {"event_id": EVENT, "sign_up_id": GUEST, "status": 303, "answer": None}
    done(ledger, "keep", **about)
    assert (folded(ledger).sign_ups[GUEST].kept, folded(ledger).parties) == (True, 1)
    done(ledger, "give_up", **about)
    done(ledger, "give_up", **about)
    assert (folded(ledger).parties, folded(ledger).cancelled, folded(ledger).list_changes) == (0, 1, 2)


# What must be found


def acted(change=lambda _: None, *, ledger=None, reaching=(1,)):
    if ledger is None:
        ledger = begun()
        postpone(ledger)
    row = {"number": 1, "id": "a", "kind": "postponed", "policy": "kept", "first_day": DAYS[0], "phase": "settled"}
    held = Facts(acts=[row])
    change(held)
    return [(each.kind, each.where) for each in judge_acts(expected(ledger, reached={EVENT: reaching}), held)]


def test_an_act_that_is_complete_once_is_clean():
    assert acted() == []


@pytest.mark.parametrize(("name", "value"), [("phase", "telling"), ("first_day", DAYS[1]), ("id", "b")])
def test_another_act_differs(name, value):
    assert acted(lambda held: held.acts[0].update({name: value})) == [("differs", "registration acts")]


def test_an_act_that_is_not_there_is_lost_and_one_that_nobody_confirmed_is_double():
    assert acted(lambda held: held.acts.clear()) == [("lost", "registration acts")]
    assert acted(lambda held: held.acts.append(held.acts[0] | {"number": 2})) == [("double", "registration acts")]


def test_two_acts_of_one_number_are_double_and_two_clicks_are_not():
    ledger = begun()
    postpone(ledger)
    postpone(ledger)
    assert acted(ledger=ledger) == []
    postpone(ledger, id_="another")
    assert acted(ledger=ledger) == [("double", "HTTP")]


def test_an_event_that_the_act_has_not_reached_is_lost():
    assert acted(reaching=()) == [("lost", "registration.events.v1")]


def test_reaching_is_read_once_from_each_message():
    body = {"change": "rescheduled", "event": {"id": EVENT, "act_number": 1}}
    assert reached([appearance(2, body=body), appearance(2, offset=3, body=body)]) == {EVENT: [1]}
    assert reached([appearance(2, body=body), appearance(3, body=body)]) == {EVENT: [1, 1]}


def notice(sequence, recipient, *, change="act", act=1, sign_ups=(), id_=None):
    body = {
        "change": change,
        "notice": {
            "id": id_ or f"{change} {act} {recipient} {sequence}",
            "act": {"number": act},
            "recipient_id": recipient,
            "sign_ups": [{"event_id": each} for each in sign_ups],
        },
    }
    return appearance(sequence, body=body, topic=NOTICES, key=recipient)


def told(*records, ledger=None, reaching=(1,), deliveries=None):
    if ledger is None:
        ledger = begun()
        postpone(ledger)
    ids = [
        (body["id"], json.loads(each.body)["change"]) for each in records if (body := json.loads(each.body)["notice"])
    ]
    held = Facts(
        contacts={ORGANISER: {"email": "o@faults.example"}, PERSON: {"email": "p@faults.example"}},
        deliveries={id_: delivery(kind) | {"message_id": id_} for id_, kind in ids},
    )
    if deliveries is not None:
        deliveries(held.deliveries)
    known = expected(ledger, reached={EVENT: reaching})
    return [(each.kind, each.key) for each in judge_told(known, held, records)]


BOTH = [notice(1, ORGANISER), notice(1, PERSON)]


def test_everybody_told_once_is_clean():
    assert told(*BOTH) == []
    assert told(*BOTH, *BOTH) == []


@pytest.mark.parametrize(("number", "address"), [(0, "p@faults.example"), (1, "o@faults.example")])
def test_whoever_is_not_told_is_lost(number, address):
    assert told(BOTH[number]) == [("lost", address)]


def test_whoever_is_told_twice_or_for_nothing_is_double():
    assert ("double", "p@faults.example") in told(*BOTH, notice(2, PERSON))
    ledger = begun()
    assert ("double", "p@faults.example") in told(notice(1, PERSON), ledger=ledger, reaching=())


def test_who_signs_up_or_cancels_meanwhile_may_be_told_or_not():
    ledger = begun()
    postpone(ledger)
    done(ledger, "cancel", answer={"participation": {"id": GUEST}}, event_id=EVENT)
    assert told(BOTH[0], ledger=ledger) == []
    assert told(*BOTH, ledger=ledger) == []


def test_a_notice_without_its_delivery_is_lost():
    assert told(*BOTH, deliveries=lambda rows: rows.popitem()) == [("lost", "act 1 " + PERSON + " 1")]


def ordered(*mails, disturbances=()):
    held = Facts(
        deliveries={str(number): delivery("act") | {"act_number": number, "recipient_id": PERSON} for number in (1, 2)}
    )
    return [(each.kind, each.key) for each in judge_order(held, mails, list(disturbances))]


def test_a_mail_of_an_act_after_that_of_a_later_one_is_out_of_order():
    assert ordered(arrival("1"), arrival("2", after=1)) == []
    assert ("order", "p@faults.example") in ordered(arrival("2"), arrival("1", after=1))


def test_a_mail_that_a_fault_has_held_back_may_come_after_the_later_one():
    pause = disturbance("pause", "notifications-1", begun=0, healed=20)
    assert ordered(arrival("2", after=15), arrival("1", after=20), disturbances=[pause]) == []
    assert ordered(arrival("2", after=15), arrival("1", after=60), disturbances=[pause]) != []


def test_a_verdict_that_an_act_does_not_change_is_not_told():
    ledger = begun()
    postpone(ledger)
    known = expected(ledger, reached={EVENT: [1]})

    def judged(told_again):
        rows = [decision(0, 1, "labelled"), decision(1, 2, "labelled") | {"told": told_again}]
        return [each.kind for each in judge_decisions(known, Facts(decisions=rows, cases={EVENT: 2}))]

    assert judged(told_again=False) == []
    assert judged(told_again=True) == ["double"]


def test_the_distance_of_two_acts_is_that_of_their_first_days():
    ledger = begun()
    postpone(ledger)
    postpone(ledger, 2)
    assert expected(ledger).editions.distance(0, 1) == timedelta(weeks=33)
    assert expected(ledger).editions.distance(1, 2) == timedelta(weeks=20)
