"""How long an offer holds, and whom it goes to."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.waiting.domain import Entry, expiry, next_in_line

NOW = datetime(2020, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(people: int) -> Entry:
    return Entry(
        id=uuid4(), event_id=uuid4(), edition_id="2020", turn=1, person_id=uuid4(), kind="group", people=people,
        name="3e B", status="waiting", sequence=1, joined_at=NOW, expires_at=None, revision=None,
        calendar_sequence=None, act_number=0, participation_id=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begins_in", "lasts"),
    [
        (30 * DAY, DAY),
        (4 * DAY, DAY),
        (2 * DAY, DAY / 2),
        (timedelta(hours=4), timedelta(hours=1)),
        (timedelta(minutes=90), timedelta(minutes=30)),
        (timedelta(minutes=60), timedelta(minutes=30)),
        (timedelta(minutes=59), None),
        (-DAY, None),
    ],
)
def test_an_offer_is_shorter_the_nearer_the_event(begins_in, lasts):
    assert expiry([NOW + begins_in], now=NOW, longest=DAY) == (lasts and NOW + lasts)


def test_of_several_slots_the_next_counts():
    assert expiry([NOW - DAY, NOW + 2 * DAY, NOW + 30 * DAY], now=NOW, longest=DAY) == NOW + DAY / 2
    assert expiry([], now=NOW, longest=DAY) is None


@given(sizes=st.lists(st.integers(1, 6), max_size=12), free=st.integers(-1, 15))
def test_places_go_to_whoever_fits_in_turn(sizes, free):
    waiting = [entry(size) for size in sizes]
    chosen = next_in_line(waiting, free=free)
    assert sum(each.people for each in chosen) <= max(free, 0)
    left = free - sum(each.people for each in chosen)
    for position, each in enumerate(waiting):
        if each not in chosen:
            before = sum(other.people for other in waiting[:position] if other in chosen)
            assert each.people > free - before >= left
