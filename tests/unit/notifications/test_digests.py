"""When digests are due, and what they say first."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from notifications.digests.domain import Digest, Waiting, contact_id, next_due
from notifications.digests.operations import content_of
from shared.runtime.tokens import Caller

TUESDAY = datetime(2020, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(("every", "after", "due"), [
    ("day", "2020-03-03T12:00", "2020-03-04T06:00"),
    ("day", "2020-03-03T05:59", "2020-03-03T06:00"),
    ("day", "2020-03-03T06:00", "2020-03-04T06:00"),
    ("day", "2020-03-06T12:00", "2020-03-09T06:00"),
    ("day", "2020-03-27T12:00", "2020-03-30T05:00"),  # the clocks have gone forward
    ("week", "2020-03-03T12:00", "2020-03-09T06:00"),
    ("week", "2020-03-09T05:00", "2020-03-09T06:00"),
    ("week", "2020-03-09T06:00", "2020-03-16T06:00"),
])  # fmt: skip
def test_seven_in_the_morning_of_a_working_day(every, after, due):
    found = next_due(every, after=datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_member_is_the_tokens_subject_and_role():
    anne = Caller("referent", "anne", ("44",))
    assert contact_id(anne) == contact_id(Caller("referent", "anne", ("44", "49")))
    assert len({contact_id(anne), contact_id(Caller("staff", "anne")), contact_id(Caller("referent", "sam"))}) == 3


@pytest.mark.parametrize(("every", "due"), [("day", 1), ("week", 2)])
def test_late_due_and_new_are_counted_and_the_most_urgent_listed(every, due):
    waiting = [
        Waiting(event_id=uuid4(), title=f"V{days}", departement="44", due_on=date(2020, 3, 3) + timedelta(days=days),
                since=TUESDAY - timedelta(days=1, hours=days))
        for days in (-2, -1, 1, 5, *range(10, 40))
    ]  # fmt: skip
    digest = Digest(
        contact_id=uuid4(), departements=("44",), every=every, told_until=TUESDAY - timedelta(days=1, hours=5)
    )
    content = content_of(digest, waiting, now=TUESDAY)
    assert (content.waiting, content.late, content.due, content.new) == (34, 2, due, 3)
    assert [item.late for item in content.items[:3]] == [True, True, False]
    assert len(content.items) == 30
