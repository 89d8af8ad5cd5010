"""Who is told, how it is signed, and what answers mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from notifications.deliveries.domain import Backoff, Deferred, Sent
from notifications.partners.domain import Interest, Partner, new_secret, wants
from notifications.webhooks.domain import (
    Endpoint,
    EndpointAway,
    Gone,
    reaction_to,
    retry_time,
    signed_headers,
    standing_after,
    webhook_id_of,
)

NOW = datetime.now(UTC)
WEBHOOK_ID = webhook_id_of(UUID(int=5))
BACKOFF = Backoff(first=timedelta(seconds=5), factor=4, longest=timedelta(hours=10), jitter=0.5)
VISIT_IN_LILLE = Interest(event_type="company_visit", departement="59", region="32")


def partner(*, disabled: bool = False, **choices):
    defaults = {"types": (), "event_types": (), "territories": (), "batch": 1}
    return Partner(
        id=UUID(int=1), name="CCI", url="https://partner.example", disabled_at=NOW if disabled else None,
        disabled_because=None, created_at=NOW, changed_at=NOW, **{**defaults, **choices},
    )  # fmt: skip


@pytest.mark.parametrize(("choices", "expected"), [
    ({}, True),
    ({"types": ("event.published", "event.changed")}, True),
    ({"types": ("event.withdrawn",)}, False),
    ({"types": ("event.rescheduled",)}, False),
    ({"event_types": ("company_visit",)}, True),
    ({"event_types": ("job_dating",)}, False),
    ({"territories": ("59",)}, True),
    ({"territories": ("R32",)}, True),
    ({"territories": ("32",)}, False),
    ({"territories": ("62", "R76")}, False),
    ({"event_types": ("company_visit",), "territories": ("62",)}, False),
    ({"disabled": True}, False),
])  # fmt: skip
def test_partners_hear_what_they_chose(choices, expected):
    assert wants(partner(**choices), type_="event.changed", interest=VISIT_IN_LILLE, told_before=False) is expected


@pytest.mark.parametrize(("types", "told"), [
    ((), True), (("event.rescheduled",), True), (("event.changed",), True), (("event.cancelled",), False),
])  # fmt: skip
def test_who_wants_to_hear_of_changes_hears_of_an_act(types, told):
    assert wants(partner(types=types), type_="event.rescheduled", interest=VISIT_IN_LILLE, told_before=False) is told


def test_an_event_without_a_known_place_is_told_to_those_who_want_all():
    nowhere = Interest(event_type="company_visit", departement=None, region=None)
    assert wants(partner(), type_="event.changed", interest=nowhere, told_before=False)
    assert not wants(partner(territories=("59",)), type_="event.changed", interest=nowhere, told_before=False)


def test_a_story_begun_is_told_to_its_end_within_the_types_chosen():
    elsewhere = partner(territories=("62",))
    assert wants(elsewhere, type_="event.withdrawn", interest=VISIT_IN_LILLE, told_before=True)
    assert not wants(
        partner(types=("event.published",)), type_="event.withdrawn", interest=VISIT_IN_LILLE, told_before=True
    )


def endpoint(*, previous: str | None = None, until: datetime | None = None) -> Endpoint:
    return Endpoint(id=UUID(int=1), url="https://p.example", secret=new_secret(), previous_secret=previous,
                    previous_secret_until=until, failures=0)  # fmt: skip


@given(body=st.text(st.characters(exclude_categories=["Cs"])))
def test_signatures_are_those_of_the_specification(body):
    target = endpoint()
    headers = signed_headers(endpoint=target, webhook_id=WEBHOOK_ID, body=body, now=datetime.now(UTC))
    Webhook(target.secret).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(target.secret).verify(body + ".", headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers, json_parse=False)


def test_the_id_is_the_same_on_every_attempt():
    target = endpoint()
    first = signed_headers(endpoint=target, webhook_id=WEBHOOK_ID, body="{}", now=NOW)
    later = signed_headers(endpoint=target, webhook_id=WEBHOOK_ID, body="{}", now=NOW + timedelta(hours=3))
    assert first["webhook-id"] == later["webhook-id"]
    assert first["webhook-signature"] != later["webhook-signature"]


def test_a_replaced_secret_is_good_until_it_runs_out():
    old, now = new_secret(), datetime.now(UTC)
    target = endpoint(previous=old, until=now + timedelta(minutes=1))
    during = signed_headers(endpoint=target, webhook_id=WEBHOOK_ID, body="{}", now=now)
    after = signed_headers(endpoint=target, webhook_id=WEBHOOK_ID, body="{}", now=now + timedelta(minutes=2))
    for secret in (old, target.secret):
        Webhook(secret).verify("{}", during)
    Webhook(target.secret).verify("{}", after)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify("{}", after)


@pytest.mark.parametrize(("status", "expected"), [
    (200, Sent), (204, Sent), (301, Deferred), (400, Deferred), (404, Deferred), (410, Gone),
    (429, EndpointAway), (500, EndpointAway), (503, EndpointAway),
])  # fmt: skip
def test_answers(status, expected):
    assert isinstance(reaction_to(status=status, retry_after=None, text="", now=NOW), expected)


@pytest.mark.parametrize(("value", "expected"), [
    ("120", timedelta(seconds=120)),
    (" 0 ", timedelta(0)),
    ("99999999999999999999999", timedelta(days=1)),
    pytest.param(
        format_datetime((NOW + timedelta(minutes=7)).replace(microsecond=0), usegmt=True),
        timedelta(minutes=7),
        id="date",
    ),
    ("Wed, 21 Oct 2099 07:28:00 GMT", timedelta(days=1)),
    ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    ("-5", None),
    ("soon", None),
    ("1²", None),
    ("", None),
    (None, None),
])  # fmt: skip
def test_retry_after(value, expected):
    found = retry_time(value, now=NOW)
    if expected is None:
        assert found is None
    else:
        assert abs(found - (NOW + expected)) < timedelta(seconds=1)


@given(value=st.text())
def test_no_retry_after_breaks_anything(value):
    found = retry_time(value, now=NOW)
    assert found is None or found <= NOW + timedelta(days=1)


def after(*reactions, failures: int = 0):
    return standing_after(failures=failures, reactions=reactions, backoff=BACKOFF, now=NOW, chance=0)


AWAY = EndpointAway(detail="503")


def test_an_endpoint_that_is_away_is_left_alone_longer_each_time():
    assert (after(AWAY, AWAY).failures, after(AWAY, AWAY).paused_until) == (1, NOW + timedelta(seconds=5))
    assert (after(AWAY, failures=2).failures, after(AWAY, failures=2).paused_until) == (3, NOW + timedelta(seconds=80))


def test_an_endpoint_that_takes_or_judges_anything_works():
    assert after(AWAY, Sent(), failures=7).failures == 0
    assert after(AWAY, Sent(), failures=7).paused_until is None
    assert after(Deferred(detail="400"), failures=7).failures == 0


def test_an_endpoint_that_asks_for_a_pause_gets_it():
    asked = EndpointAway(detail="429", not_before=NOW + timedelta(minutes=3))
    assert after(asked).paused_until == NOW + timedelta(minutes=3)
    assert after(asked, Sent()).paused_until == NOW + timedelta(minutes=3)


def test_gone_is_final():
    assert after(Sent(), Gone(detail="410")).gone_because == "it answered 410"
