"""When a delivery is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.deliveries.domain import (
    Abandoned,
    Backoff,
    Bounced,
    Claimed,
    Deferred,
    RetryPolicy,
    Sent,
    Untried,
    delivery_id,
    look_again,
    settle,
)

NOW = datetime(2020, 1, 14, 9, 30, tzinfo=UTC)
FULL_JITTER = Backoff(first=timedelta(minutes=1), factor=2, longest=timedelta(hours=4), jitter=1)
HALF_JITTER = Backoff(first=timedelta(seconds=5), factor=4, longest=timedelta(hours=10), jitter=0.5)
POLICY = RetryPolicy(backoff=HALF_JITTER, give_up_after=timedelta(days=5))
CLAIMED = Claimed(id=UUID(int=1), attempts=2, queued_at=NOW - timedelta(hours=1))

chances = st.floats(0, 1, exclude_max=True)


@given(attempts=st.integers(1, 10_000), chance=chances)
def test_delays_are_bounded(attempts, chance):
    assert timedelta(0) <= FULL_JITTER.delay(attempts=attempts, chance=chance) <= timedelta(hours=4)
    assert timedelta(seconds=2.5) <= HALF_JITTER.delay(attempts=attempts, chance=chance) <= timedelta(hours=10)


@given(attempts=st.integers(1, 6), one=chances, other=chances)
def test_delays_grow_whatever_chance_does(attempts, one, other):
    sooner = HALF_JITTER.delay(attempts=attempts, chance=one)
    assert HALF_JITTER.delay(attempts=attempts + 1, chance=other) > sooner


def test_full_jitter_spreads_from_nothing_to_the_whole_delay():
    assert FULL_JITTER.delay(attempts=3, chance=0) == timedelta(minutes=4)
    assert FULL_JITTER.delay(attempts=3, chance=0.999999) < timedelta(seconds=1)


@pytest.mark.parametrize(("outcome", "status", "attempts"), [
    (Sent(detail="250 OK"), "sent", 3),
    (Bounced(detail="550 no such user"), "bounced", 3),
    (Abandoned(detail="erased"), "failed", 2),
])  # fmt: skip
def test_what_ends_a_delivery(outcome, status, attempts):
    settled = settle(claimed=CLAIMED, outcome=outcome, policy=POLICY, now=NOW, chance=0.5)
    assert (settled.status, settled.attempts, settled.due_at, settled.detail) == (
        status,
        attempts,
        None,
        outcome.detail,
    )


def test_a_temporary_refusal_is_tried_again_later():
    settled = settle(claimed=CLAIMED, outcome=Deferred(detail="451"), policy=POLICY, now=NOW, chance=0)
    assert (settled.status, settled.attempts) == ("pending", 3)
    assert settled.due_at == NOW + timedelta(seconds=80)


def test_what_was_not_tried_costs_no_attempt():
    settled = settle(claimed=CLAIMED, outcome=Untried(due_at=NOW), policy=POLICY, now=NOW, chance=0)
    assert (settled.status, settled.attempts, settled.due_at) == ("pending", 2, NOW)


def test_a_receivers_wish_to_wait_is_honoured_if_it_is_longer():
    for asked, due in ((timedelta(hours=2), timedelta(hours=2)), (timedelta(seconds=1), timedelta(seconds=80))):
        outcome = Deferred(detail="429", not_before=NOW + asked)
        assert settle(claimed=CLAIMED, outcome=outcome, policy=POLICY, now=NOW, chance=0).due_at == NOW + due


def test_it_is_given_up_when_the_next_attempt_would_be_too_late():
    old = Claimed(id=CLAIMED.id, attempts=20, queued_at=NOW - timedelta(days=4, hours=20))
    settled = settle(claimed=old, outcome=Deferred(detail="451 later"), policy=POLICY, now=NOW, chance=0)
    assert (settled.status, settled.attempts, settled.due_at, settled.detail) == ("failed", 21, None, "451 later")


def test_details_are_one_short_line():
    settled = settle(claimed=CLAIMED, outcome=Sent(detail="a\r\nb" + "x" * 9999), policy=POLICY, now=NOW, chance=0)
    assert settled.detail.startswith("a bx")
    assert len(settled.detail) == 500


def test_what_lacks_something_is_looked_at_less_and_less_often():
    assert look_again(queued_at=NOW, now=NOW) == NOW + timedelta(milliseconds=50)
    assert look_again(queued_at=NOW - timedelta(seconds=4), now=NOW) == NOW + timedelta(seconds=4)
    assert look_again(queued_at=NOW - timedelta(days=4), now=NOW) == NOW + timedelta(minutes=10)


def test_a_delivery_has_the_same_id_however_often_its_message_comes():
    one = delivery_id(message_id="m", recipient_id=UUID(int=1), channel="email")
    assert one == delivery_id(message_id="m", recipient_id=UUID(int=1), channel="email")
    assert one != delivery_id(message_id="m", recipient_id=UUID(int=1), channel="webhook")
    assert one != delivery_id(message_id="m", recipient_id=UUID(int=2), channel="email")
    assert one != delivery_id(message_id="n", recipient_id=UUID(int=1), channel="email")
