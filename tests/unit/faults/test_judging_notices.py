"""Deliveries, mails and webhooks: each planted violation is found."""

from collections import Counter

import pytest

from notifications.mails.sender import _UNWRITTEN_PER_CONNECTION
from notifications.settings import Settings
from notifications.webhooks.sender import _POSTS_PER_CONNECTION
from semaine.faults.expected import expected
from semaine.faults.judging.notices import judge_arrivals, judge_deliveries, webhook_id
from semaine.faults.reach import IN_FLIGHT
from tests.unit.faults.world import arrival, delivery, disturbance, facts, ledger

DELIVERIES = {"a": delivery("receipt"), "b": delivery("confirmation")}


def arrived(*arrivals, disturbances=(), receiver="mail"):
    found = judge_arrivals(arrivals, deliveries=DELIVERIES, receiver=receiver, disturbances=list(disturbances))
    return [(each.kind, each.key) for each in found]


def test_each_once_is_clean():
    assert arrived(arrival("a"), arrival("b")) == []


def test_one_that_counts_as_sent_and_never_came_is_lost():
    assert arrived(arrival("a")) == [("lost", "b")]


def test_one_that_nobody_sent_is_double():
    assert arrived(arrival("a"), arrival("b"), arrival("c")) == [("double", "c")]


@pytest.mark.parametrize(
    "fault",
    [
        disturbance("kill", "notifications-1"),
        disturbance("cut", "link:mail"),
        disturbance("pause", "mail"),
        disturbance("kill", "postgresql"),
        disturbance("clock", "notifications-2"),
    ],
)
def test_again_is_no_violation_when_the_first_came_during_a_fault_of_the_sending(fault):
    assert arrived(arrival("a", after=5), arrival("a", after=200), arrival("b"), disturbances=[fault]) == []


@pytest.mark.parametrize(
    "fault",
    [
        disturbance("kill", "stats-1"),
        disturbance("cut", "link:kafka"),
        disturbance("cut", "link:kafka", "notifications-1"),
        disturbance("cut", "link:postgresql", "stats-1"),
        disturbance("kill", "partner"),
    ],
)
def test_again_is_double_when_no_fault_reaches_the_sending(fault):
    assert ("double", "a") in arrived(arrival("a", after=5), arrival("a", after=6), arrival("b"), disturbances=[fault])


def test_again_is_double_when_the_first_came_long_before_the_fault():
    fault = disturbance("kill", "notifications-1", begun=100, healed=110)
    assert arrived(arrival("a"), arrival("a", after=105), arrival("b"), disturbances=[fault]) == [("double", "a")]


def kept_coming(number):
    """So many mails that came at noon, and each once more."""
    again = [arrival("a", after=each / 100) for each in range(number + 1)]
    return [*again, arrival("b")]


def test_a_kill_excuses_as_many_as_one_process_has_in_flight_and_not_one_more():
    fault, most = disturbance("kill", "notifications-1"), IN_FLIGHT["mail"]
    assert arrived(*kept_coming(most), disturbances=[fault]) == []
    assert arrived(*kept_coming(most + 1), disturbances=[fault]) == [("double", "all")]


def test_a_kill_at_another_time_excuses_none_of_them():
    near, far = disturbance("kill", "notifications-1"), disturbance("kill", "notifications-2", begun=100, healed=105)
    number = IN_FLIGHT["mail"] + 1
    assert arrived(*kept_coming(number), disturbances=[near, far]) == [("double", "all")]
    assert arrived(*kept_coming(number), disturbances=[near, disturbance("kill", "notifications-2")]) == []


def test_the_fault_that_is_over_first_is_used_up_first():
    early, late = disturbance("kill", "notifications-1", healed=1), disturbance("kill", "notifications-2", healed=40)
    most = IN_FLIGHT["mail"]
    before = [arrival("a", after=each / 100) for each in range(most + 1)]
    after = [arrival("b", after=30 + each / 100) for each in range(most + 1)]
    assert arrived(*before, *after, disturbances=[late, early]) == []


def test_what_is_in_flight_is_what_the_senders_may_have_in_flight():
    connections = Settings.model_fields["smtp_connections"].default
    assert IN_FLIGHT["mail"] == connections * (1 + _UNWRITTEN_PER_CONNECTION)
    posts = Settings.model_fields["webhook_connections"].default
    assert IN_FLIGHT["partner"] == posts * _POSTS_PER_CONNECTION


def test_again_with_other_content_differs():
    again = arrival("a", after=6, content="somebody-else@faults.example")
    fault = disturbance("kill", "notifications-1")
    assert arrived(arrival("a", after=5), again, arrival("b"), disturbances=[fault]) == [("differs", "a")]


def test_webhooks_are_known_by_their_ids():
    assert webhook_id("01234567-89ab-7def-8123-456789abcdef") == "msg_0123456789ab7def8123456789abcdef"


# Deliveries against what was due


def due(change=lambda _: None, *, disturbances=()):
    held = facts()
    change(held)
    return Counter(each.kind for each in judge_deliveries(expected(ledger()), held, list(disturbances)))


def test_one_delivery_for_each_notice_is_clean():
    assert due() == {}


@pytest.mark.parametrize("kind", ["receipt", "confirmation", "refused", "labelled", "webhook", "access"])
def test_a_notice_without_its_delivery_is_lost(kind):
    def lose(held):
        del held.deliveries[next(id_ for id_, row in held.deliveries.items() if row["kind"] == kind)]

    assert due(lose) == {"lost": 1}


def test_a_second_delivery_is_double():
    assert due(lambda held: held.deliveries.update(z=delivery("confirmation"))) == {"double": 1}


@pytest.mark.parametrize("status", ["pending", "failed", "bounced"])
def test_a_delivery_that_was_not_sent_is_lost(status):
    assert due(lambda held: held.deliveries["a0"].update(status=status)) == {"lost": 1}


def test_an_access_code_may_run_out_when_clocks_jump():
    def fail(held):
        held.deliveries["access"].update(status="failed")

    assert due(fail) == {"lost": 1}
    assert due(fail, disturbances=[disturbance("clock", "notifications-1")]) == {}
