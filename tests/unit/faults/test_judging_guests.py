"""What guests hear: each planted violation is found, whichever way they have to hear it."""

from semaine.faults.expected import expected
from semaine.faults.facts import Facts
from semaine.faults.judging.guests import judge_guests
from tests.unit.faults.test_judging_acts import SLOTS, answer, begun, notice, postpone, state
from tests.unit.faults.world import EVENT, GUEST, ORGANISER, PERSON, SECOND, delivery, done


def judged(ledger, *records, mails=0, kind="called_off", reaching=()):
    held = Facts(
        contacts={ORGANISER: {"email": "o@faults.example"}, PERSON: {"email": "p@faults.example"}},
        deliveries={str(number): delivery(kind) for number in range(mails)},
    )
    known = expected(ledger, reached={EVENT: reaching})
    return [(each.kind, each.where, each.key) for each in judge_guests(known, held, records)]


def withdrawn(*, given_up=None):
    """An event with one guest, who may give the place up before or after its organiser withdraws it."""
    ledger = begun()
    for step in ("before", "withdrawal", "after"):
        if step == "withdrawal":
            done(ledger, "withdraw", answer=state(0), event_id=EVENT)
        elif given_up == step:
            done(ledger, "cancel", answer={"participation": {"id": GUEST}}, event_id=EVENT)
    return ledger


def test_guests_hear_once_that_the_organiser_has_withdrawn_the_event():
    deliveries = "notifications deliveries"
    assert judged(withdrawn(), mails=1) == []
    assert judged(withdrawn()) == [("lost", deliveries, "p@faults.example")]
    assert judged(withdrawn(), mails=2) == [("double", deliveries, "p@faults.example")]
    assert judged(begun(), mails=1) == [("double", deliveries, "p@faults.example")]
    assert judged(begun()) == []


def test_who_has_given_the_place_up_may_hear_it_once():
    for when in ("before", "after"):
        for mails, found in ((0, []), (1, []), (2, ["double"])):
            assert [kind for kind, *_ in judged(withdrawn(given_up=when), mails=mails)] == found


def test_guests_of_an_event_that_is_withdrawn_by_an_answer_are_told_by_the_act():
    ledger = begun()
    postpone(ledger)
    answer(ledger, "withdraw")
    lapsed = notice(2, PERSON, change="lapsed", sign_ups=[EVENT])
    topic = "registration.notices.v1"
    assert judged(ledger, lapsed, reaching=[1]) == []
    assert judged(ledger, reaching=[1]) == [("lost", topic, "p@faults.example")]
    again = notice(3, PERSON, change="lapsed", sign_ups=[EVENT])
    assert judged(ledger, lapsed, again, reaching=[1]) == [("double", topic, "p@faults.example")]
    assert judged(ledger, lapsed, mails=1, reaching=[1]) == [("double", "notifications deliveries", "p@faults.example")]


def test_of_a_move_nobody_hears_more_often_than_there_were_changes():
    ledger = begun()
    moved = SECOND | {"slots": SLOTS[1]}
    done(ledger, "amend", content=moved, expected="labelled", answer=state(0), event_id=EVENT)
    double = [("double", "notifications deliveries", "p@faults.example")]
    assert [judged(ledger, mails=mails, kind="moved") for mails in range(3)] == [[], [], double]
    assert judged(begun(), mails=1, kind="moved") == double
