"""Quiet hours are the recipient's, and hold back only what can wait."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.mails.quiet import QuietHours, held_until

NIGHT = QuietHours.parsed("21-8")


@pytest.mark.parametrize(("text", "zone", "now", "over"), [
    ("21-8", "Europe/Paris", "2020-02-10T21:30", "2020-02-11T07:00"),
    ("21-8", "Europe/Paris", "2020-02-10T20:00", "2020-02-11T07:00"),
    ("21-8", "Europe/Paris", "2020-02-10T06:59", "2020-02-10T07:00"),
    ("21-8", "Europe/Paris", "2020-02-10T07:00", None),
    ("21-8", "Europe/Paris", "2020-02-10T19:59", None),
    ("21-8", "Indian/Reunion", "2020-02-10T19:59", "2020-02-11T04:00"),
    ("21-8", "America/Guadeloupe", "2020-02-10T20:00", None),
    ("21-8", "Europe/Paris", "2020-03-28T22:00", "2020-03-29T06:00"),  # the clocks go forward that night
    ("12-14", "Europe/Paris", "2020-02-10T12:10", "2020-02-10T13:00"),
    ("12-14", "Europe/Paris", "2020-02-10T13:00", None),
    ("", "Europe/Paris", "2020-02-10T02:00", None),
])  # fmt: skip
def test_they_end_in_local_time(text, zone, now, over):
    found = QuietHours.parsed(text).over_at(datetime.fromisoformat(now).replace(tzinfo=UTC), time_zone=zone)
    assert found == (datetime.fromisoformat(over).replace(tzinfo=UTC) if over else None)


AT_NIGHT = datetime(2020, 2, 10, 23, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["receipt", "confirmation", "access", "waiting"])
def test_what_people_have_just_asked_for_comes_at_once(mail, kind):
    assert held_until(mail(kind), hours=NIGHT, now=AT_NIGHT) is None


@pytest.mark.parametrize("kind", ["labelled", "refused", "in_review"])
def test_what_others_decide_waits_for_the_morning_where_the_event_is(mail, kind):
    notice = mail(kind)
    assert held_until(notice, hours=NIGHT, now=AT_NIGHT) == datetime(2020, 2, 11, 7, tzinfo=UTC)
    overseas = replace(notice, event=replace(notice.event, time_zone="America/Guadeloupe"))
    assert held_until(overseas, hours=NIGHT, now=AT_NIGHT) is None


def test_an_offer_waits_only_as_long_as_it_leaves_time_to_answer(mail):
    offer = mail("offer")
    for hours, over in ((30, datetime(2020, 2, 11, 7, tzinfo=UTC)), (12, None)):
        content = offer.content.model_copy(update={"expires_at": AT_NIGHT + timedelta(hours=hours)})
        assert held_until(replace(offer, content=content), hours=NIGHT, now=AT_NIGHT) == over


def test_what_concerns_the_next_morning_does_not_wait(mail):
    assert held_until(mail("labelled"), hours=NIGHT, now=datetime(2020, 3, 30, 22, tzinfo=UTC)) is None
    over = datetime(2020, 4, 3, 6, tzinfo=UTC)
    assert held_until(mail("labelled"), hours=NIGHT, now=datetime(2020, 4, 2, 22, tzinfo=UTC)) == over
