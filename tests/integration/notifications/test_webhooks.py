"""Partners are told what they chose, signed, for days if need be, and none waits for another."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook

from shared.contracts.registration import Place
from tests.integration.notifications.world import an_edition, an_event, eventually, person


@pytest.fixture
def events():
    """A maker of events in Lille."""
    edition, organiser = an_edition(), person(kind="organiser")
    return lambda **more: an_event(organiser, edition, **more)


async def test_partners_are_told_once_and_can_verify_it(notifications, publisher, receiver, events):
    partner = await notifications.register(f"{receiver.url}/cci")
    event = events()
    await publisher.event(event, notify=False)
    await publisher.catalogue(event)
    await publisher.catalogue(event, change="changed")
    await publisher.withdrawal(event)
    await publisher.again()
    await publisher.consumed()
    await notifications.all_finished(3, channel="webhook")
    calls = receiver.at("cci")
    assert len(calls) == 3
    told = {}
    for body, headers in calls:
        payload = Webhook(partner["secret"]).verify(body, headers)
        told[payload["type"]] = payload
    assert set(told) == {"event.published", "event.changed", "event.withdrawn"}
    assert told["event.published"]["data"]["event"]["title"] == event.title
    assert told["event.published"]["data"]["page"] == f"https://semaine.example/evenements/{event.id}"
    assert [told[name]["data"]["sequence"] for name in sorted(told)] == [2, 1, 3]


async def test_partners_hear_what_they_chose_and_the_rest_of_a_story_begun(notifications, publisher, receiver, events):
    await notifications.register(f"{receiver.url}/north", territories=["R32"])
    await notifications.register(f"{receiver.url}/south", territories=["31"])
    await notifications.register(f"{receiver.url}/jobs", event_types=["job_dating"])
    await notifications.register(f"{receiver.url}/new", types=["event.published"])
    event = events()
    moved = events(
        id=event.id, place=Place(mode="onsite", city="Toulouse", postcode="31000", departement="31", region="76")
    )
    await publisher.event(event, notify=False)
    await publisher.catalogue(event)
    await publisher.catalogue(moved, change="changed")
    await publisher.withdrawal(moved)
    await publisher.consumed()
    await notifications.all_finished(6, channel="webhook")
    assert [json.loads(body)["type"] for body, _ in sorted(receiver.at("south"))] == [
        "event.changed",
        "event.withdrawn",
    ]
    assert len(receiver.at("north")) == 3
    assert receiver.at("jobs") == []
    assert len(receiver.at("new")) == 1


async def test_a_withdrawal_before_the_events_copy_waits_for_it(notifications, publisher, receiver, events):
    await notifications.register(f"{receiver.url}/north", territories=["59"])
    event = events()
    await publisher.withdrawal(event)
    await publisher.consumed()
    assert await notifications.log(channel="webhook") == []
    await publisher.event(event, notify=False)
    await notifications.all_finished(1, channel="webhook")
    assert json.loads(receiver.at("north")[0][0])["type"] == "event.withdrawn"


async def test_a_failing_endpoint_is_tried_again_with_the_same_id(notifications, publisher, receiver, events):
    receiver.answers["p"] = [
        (500, {}, 0),
        (404, {}, 0),
        (302, {"location": f"{receiver.url}/elsewhere"}, 0),
        (204, {}, 0),
    ]
    await notifications.register(f"{receiver.url}/p")
    await publisher.catalogue(events())
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    assert (delivery["status"], delivery["attempts"]) == ("sent", 4)
    calls = receiver.at("p")
    assert len({headers["webhook-id"] for _, headers in calls}) == 1
    assert len({body for body, _ in calls}) == 1
    assert receiver.at("elsewhere") == []


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_honoured_for_the_whole_endpoint(notifications, publisher, receiver, events, form):
    at = datetime.now(UTC) + timedelta(seconds=3)
    value = "3" if form == "seconds" else format_datetime(at.replace(microsecond=0), usegmt=True)
    receiver.answers["p"] = [(429, {"retry-after": value}, 0), (200, {}, 0)]
    await notifications.register(f"{receiver.url}/p")
    first, second = events(), events()
    await publisher.catalogue(first)
    await eventually(lambda: len(receiver.at("p")) == 1)
    asked = time.monotonic()
    await publisher.catalogue(second)
    await notifications.all_finished(2)
    assert time.monotonic() - asked >= (2.9 if form == "seconds" else 1)
    assert len(receiver.at("p")) == 3


async def test_an_endpoint_that_is_gone_gets_nothing_until_switched_on(notifications, publisher, receiver, events):
    receiver.answers["p"] = [(410, {}, 0), (200, {}, 0)]
    partner = await notifications.register(f"{receiver.url}/p")
    await publisher.catalogue(events())
    await notifications.all_finished(1)
    path = f"/v1/partners/{partner['id']}"
    shown = (await notifications.http.get(path, headers=notifications.staff)).json()
    assert shown["disabled_at"]
    assert "410" in shown["disabled_because"]
    await publisher.catalogue(events())
    await publisher.consumed()
    assert len(await notifications.log()) == 1
    refused = await notifications.http.post(f"{path}/test", headers=notifications.staff)
    assert refused.status_code == 409
    await notifications.http.patch(path, json={"enabled": True}, headers=notifications.staff)
    await publisher.catalogue(events())
    await notifications.all_finished(2)
    assert await notifications.statuses() == {"bounced": 1, "sent": 1}


async def test_a_slow_and_a_dead_partner_delay_nobody(notifications, publisher, receiver, mail_server, events):
    receiver.answers["slow"] = [(200, {}, 30)]
    await notifications.register(f"{receiver.url}/slow")
    await notifications.register("http://127.0.0.1:9/dead")
    quick = await notifications.register(f"{receiver.url}/quick")
    for _ in range(30):
        await publisher.catalogue(events())
    organiser = person(kind="organiser")
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(30, recipient_id=quick["id"])
    await notifications.all_finished(1, recipient_id=str(organiser.id))
    assert mail_server.times() == {organiser.email: 1}
    statuses = await notifications.statuses(limit=1000)
    assert statuses == {"sent": 31, "pending": 60}
    assert 0 < receiver.most["slow"] <= 8


async def test_while_an_endpoint_is_away_only_one_post_tries_it(notifications, publisher, receiver, events):
    receiver.answers["p"] = [(503, {}, 0.05)]
    await notifications.register(f"{receiver.url}/p")
    await publisher.catalogue(events())
    await eventually(lambda: len(receiver.at("p")) == 1)
    for _ in range(19):
        await publisher.catalogue(events())
    await publisher.consumed()
    await eventually(lambda: len(receiver.at("p")) == 3)
    assert receiver.most["p"] == 1
    receiver.answers["p"] = [(200, {}, 0)]
    await notifications.all_finished(20)
    assert await notifications.statuses() == {"sent": 20}


async def test_private_addresses_are_refused_unless_allowed(settled, publisher, receiver, events):
    async with settled.running(webhook_allow_private=False) as notifications:
        for url in ("http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/x", "ftp://example.org"):
            answer = await notifications.http.post(
                "/v1/partners", json={"name": "CCI", "url": url}, headers=notifications.staff
            )
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["field"] == "url"
    async with settled.running() as notifications:
        await notifications.register(f"{receiver.url}/p")
    async with settled.running(webhook_allow_private=False) as notifications:
        await publisher.catalogue(events())
        await publisher.consumed()
        await eventually(lambda: _attempted(notifications))
        assert receiver.calls == []


async def _attempted(notifications) -> bool:
    return any(delivery["attempts"] for delivery in await notifications.log())


async def test_replay_sends_again_with_the_same_ids(notifications, publisher, receiver, events):
    partner = await notifications.register(f"{receiver.url}/p")
    await notifications.register(f"{receiver.url}/other")
    for _ in range(3):
        await publisher.catalogue(events())
        await publisher.consumed()
    await notifications.all_finished(6)
    before = {headers["webhook-id"] for _, headers in receiver.at("p")}
    newest_first = await notifications.log(recipient_id=partner["id"])
    path = f"/v1/partners/{partner['id']}/replay"
    for body, queued in (
        ({"from_delivery": newest_first[1]["id"]}, 2),
        ({"since": "2020-01-01T00:00:00Z"}, 3),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
    ):
        answer = await notifications.http.post(path, json=body, headers=notifications.staff)
        assert (answer.status_code, answer.json()) == (202, {"queued": queued})
        await notifications.all_finished(6)
    assert {headers["webhook-id"] for _, headers in receiver.at("p")} == before
    assert len(receiver.at("p")) == 8
    assert len(receiver.at("other")) == 3


async def test_a_killed_round_is_posted_again_after_its_lease(settled, publisher, receiver, events):
    receiver.answers["p"] = [(200, {}, 60), (200, {}, 0)]
    async with settled.running(delivery_lease_seconds=1, webhook_timeout_seconds=60) as notifications:
        await notifications.register(f"{receiver.url}/p")
        await publisher.catalogue(events())
        await eventually(lambda: len(receiver.at("p")) == 1)
        # Another process, as after a kill: the first still waits for its answer.
        async with settled.sending(delivery_lease_seconds=1):
            await notifications.all_finished(1)
        assert len({headers["webhook-id"] for _, headers in receiver.at("p")}) == 1
        for task in asyncio.all_tasks():
            if task.get_name().startswith("endpoint "):
                task.cancel()


async def test_what_a_partner_changes_holds_from_the_next_round_on(settled, publisher, receiver, events):
    """However much is due: a new secret signs, beside the old one; then a new address gets the rest."""
    receiver.answers["p"] = receiver.answers["q"] = [(200, {}, 0.3)]
    async with settled.running(webhook_connections=1) as notifications:
        partner = await notifications.register(f"{receiver.url}/p")
        for _ in range(20):
            await publisher.catalogue(events())
        await eventually(lambda: len(receiver.at("p")) == 1)
        path = f"/v1/partners/{partner['id']}"
        new = (await notifications.http.post(f"{path}/secret", headers=notifications.staff)).json()["secret"]
        await eventually(lambda: len(receiver.at("p")) >= 5)
        body, headers = receiver.at("p")[4]
        for secret in (partner["secret"], new):
            Webhook(secret).verify(body, headers)
        await notifications.http.patch(path, json={"url": f"{receiver.url}/q"}, headers=notifications.staff)
        await notifications.all_finished(20)
        assert len(receiver.at("p")) <= 16
        assert len(receiver.at("p")) + len(receiver.at("q")) == 20
