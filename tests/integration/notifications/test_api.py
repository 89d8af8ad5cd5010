"""The HTTP API: partners' endpoints and the delivery log."""

import json
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from tests.integration.notifications.world import an_edition, an_event, eventually, person

CHOICES = {
    "types": ["event.published"],
    "event_types": ["company_visit"],
    "territories": ["R32", "2A"],
}


async def test_a_partner_is_registered_shown_changed_and_removed(notifications):
    registered = await notifications.register("https://partner.example/hook", **CHOICES)
    path = f"/v1/partners/{registered['id']}"
    secret = registered.pop("secret")
    assert secret.startswith("whsec_")
    shown = (await notifications.http.get(path, headers=notifications.staff)).json()
    assert shown == registered
    assert {name: shown[name] for name in CHOICES} == CHOICES
    listed = (await notifications.http.get("/v1/partners", headers=notifications.staff)).json()
    assert shown in listed["partners"]
    changed = await notifications.http.patch(
        path, json={"territories": [], "url": "https://new.example/"}, headers=notifications.staff
    )
    assert changed.status_code == 200
    assert (changed.json()["territories"], changed.json()["url"]) == ([], "https://new.example/")
    assert changed.json()["types"] == CHOICES["types"]
    rotated = (await notifications.http.post(f"{path}/secret", headers=notifications.staff)).json()
    assert rotated["secret"] != secret
    assert (await notifications.http.delete(path, headers=notifications.staff)).status_code == 204
    assert (await notifications.http.get(path, headers=notifications.staff)).status_code == 404
    assert (await notifications.http.delete(path, headers=notifications.staff)).status_code == 404


@pytest.mark.parametrize(("change", "field"), [
    ({"url": "https://user:secret@partner.example/"}, "url"),
    ({"url": "not a url"}, "url"),
    ({"url": "https://partner.example:notaport/"}, "url"),
    ({"name": ""}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"types": ["event.exploded"]}, "types.0"),
    ({"territories": ["99"]}, "territories.0"),
    ({"territories": ["R1"]}, "territories.0"),
    ({"event_types": ["party"]}, "event_types.0"),
    ({"color": "blue"}, "color"),
])  # fmt: skip
async def test_what_is_wrong_with_a_registration_is_named(notifications, change, field):
    body = {"name": "CCI", "url": "https://partner.example/", **change}
    answer = await notifications.http.post("/v1/partners", json=body, headers=notifications.staff)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert all(error["detail"] and error["remedy"] for error in answer.json()["errors"])


POSTS = {
    "/v1/partners": [{"name": name, "url": "https://partner.example/"} for name in ("CCI", "UIMM")],
    "/v1/partners/{partner_id}/secret": [None, {}],
    "/v1/partners/{partner_id}/test": [None, {}],
    "/v1/partners/{partner_id}/replay": [{"since": f"2020-01-1{day}T00:00:00Z"} for day in (4, 5)],
    "/v1/deliveries/{delivery_id}/replay": [None, {}],
    "/v1/digests/erasure": [{"email": f"{name}@prefecture.example"} for name in ("un", "deux")],
}
"""A body and another one."""


def test_every_post_is_tried(notifications):
    paths = notifications.service.http.openapi()["paths"]
    posts = {path for path, operations in paths.items() if "post" in operations}
    # Choices and samples need no key: made again, they are the same. So is an export, and a code works once.
    same = ("/v1/preferences/", "/v1/notices/", "/v1/digests/export", "/v1/digests/confirmation")
    assert {path for path in posts if not path.startswith(same)} == set(POSTS)


@pytest.mark.parametrize("path", POSTS)
async def test_the_same_key_and_body_gives_the_same_answer(notifications, receiver, path):
    partner = await notifications.register(f"{receiver.url}/p")
    test = await notifications.http.post(f"/v1/partners/{partner['id']}/test", headers=notifications.staff)
    address = path.format(partner_id=partner["id"], delivery_id=test.json()["delivery_id"])
    headers = {**notifications.staff, "Idempotency-Key": str(uuid4())}
    body, other = POSTS[path]

    async def post(content):
        return await notifications.http.post(address, json=content, headers=headers)

    first, again, different = await post(body), await post(body), await post(other)
    assert first.is_success, first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert (different.status_code, different.json()["title"]) == (422, "Key already used")


async def test_who_may_do_what(notifications):
    own, other = [await notifications.register("https://partner.example/") for _ in range(2)]
    partner = notifications.token("partner", own["id"])
    http = notifications.http
    assert (await http.get(f"/v1/partners/{own['id']}", headers=partner)).status_code == 200
    assert (await http.get(f"/v1/partners/{other['id']}", headers=partner)).status_code == 404
    assert (await http.patch(f"/v1/partners/{other['id']}", json={"name": "x"}, headers=partner)).status_code == 404
    assert (await http.delete(f"/v1/partners/{other['id']}", headers=partner)).status_code == 404
    for action in ("secret", "test"):
        assert (await http.post(f"/v1/partners/{other['id']}/{action}", headers=partner)).status_code == 404
    listed = (await http.get("/v1/partners", headers=partner)).json()["partners"]
    assert [shown["id"] for shown in listed] == [own["id"]]
    assert (await http.post("/v1/partners", json={}, headers=partner)).status_code == 403
    assert (await http.get("/v1/partners")).status_code == 401
    assert (await http.get("/v1/deliveries", headers=notifications.token("organiser"))).status_code == 403
    assert (await http.get("/v1/deliveries", headers=notifications.token("partner", "nobody"))).status_code == 403


async def test_a_test_webhook_shows_the_endpoints_answer(notifications, receiver):
    partner = await notifications.register(f"{receiver.url}/p")
    answer = await notifications.http.post(f"/v1/partners/{partner['id']}/test", headers=notifications.staff)
    assert answer.status_code == 202
    await notifications.all_finished(1)
    shown = (await notifications.http.get(answer.headers["location"], headers=notifications.staff)).json()
    assert (shown["id"], shown["status"]) == (answer.json()["delivery_id"], "sent")
    assert shown["detail"] == "200 answered 200"
    body, headers = receiver.at("p")[0]
    assert Webhook(partner["secret"]).verify(body, headers)["type"] == "test"


async def test_a_rotated_secret_signs_at_once_and_the_old_one_still_does(notifications, receiver):
    partner = await notifications.register(f"{receiver.url}/p")
    path = f"/v1/partners/{partner['id']}"
    rotated = (await notifications.http.post(f"{path}/secret", headers=notifications.staff)).json()
    await notifications.http.post(f"{path}/test", headers=notifications.staff)
    await eventually(lambda: bool(receiver.at("p")))
    body, headers = receiver.at("p")[0]
    for secret in (partner["secret"], rotated["secret"]):
        Webhook(secret).verify(body, headers)


async def test_the_log_is_filtered_and_paged(notifications, publisher, receiver):
    partner = await notifications.register(f"{receiver.url}/p")
    edition, organiser = an_edition(), person(kind="organiser")
    events = [an_event(organiser, edition) for _ in range(3)]
    await publisher.edition(edition)
    await publisher.contact(organiser)
    for event in events:
        await publisher.event(event)
        await publisher.catalogue(event)
    await notifications.all_finished(6)
    assert len(await notifications.log(channel="email")) == 3
    assert len(await notifications.log(event_id=str(events[0].id))) == 2
    assert len(await notifications.log(recipient_id=partner["id"], status="sent")) == 3
    assert await notifications.log(status="bounced") == []
    seen, after = [], None
    while True:
        params = {"limit": 4, **({"after": after} if after else {})}
        page = (await notifications.http.get("/v1/deliveries", params=params, headers=notifications.staff)).json()
        seen += [delivery["position"] for delivery in page["deliveries"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 6
    mine = notifications.token("partner", partner["id"])
    own = (await notifications.http.get("/v1/deliveries", headers=mine)).json()["deliveries"]
    assert {delivery["recipient_id"] for delivery in own} == {partner["id"]}
    (mail, *_) = await notifications.log(channel="email")
    assert (await notifications.http.get(f"/v1/deliveries/{mail['id']}", headers=mine)).status_code == 404
    assert (
        await notifications.http.get("/v1/deliveries", params={"recipient_id": str(organiser.id)}, headers=mine)
    ).status_code == 403


async def test_no_address_is_shown_anywhere(notifications, publisher, mail_server):
    organiser = person(kind="organiser", name="Zoé Secrète")
    mail_server.answers[organiser.email] = [f"550 <{organiser.email}> unknown"]
    await publisher.access(organiser, code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    log = json.dumps(await notifications.log())
    assert organiser.email not in log
    assert "Secrète" not in log
    assert "kq3vA1x0T9mB7cWd" not in log


async def test_a_replay_from_anothers_delivery_is_refused(notifications, receiver):
    own, other = await notifications.register(f"{receiver.url}/a"), await notifications.register(f"{receiver.url}/b")
    await notifications.http.post(f"/v1/partners/{other['id']}/test", headers=notifications.staff)
    await notifications.all_finished(1)
    (delivery,) = await notifications.log()
    path = f"/v1/partners/{own['id']}/replay"
    for body in ({"from_delivery": delivery["id"]}, {"from_delivery": str(uuid4())}, {}, {"since": "yesterday"}):
        answer = await notifications.http.post(path, json=body, headers=notifications.staff)
        assert answer.status_code == 422


async def test_what_is_pending_for_a_removed_partner_is_given_up(notifications, publisher, receiver):
    receiver.answers["p"] = [(503, {"retry-after": "3600"}, 0)]
    partner = await notifications.register(f"{receiver.url}/p")
    for _ in range(2):
        await publisher.catalogue(an_event(person(kind="organiser"), an_edition()))
    await publisher.consumed()
    await eventually(lambda: bool(receiver.calls))
    await notifications.http.delete(f"/v1/partners/{partner['id']}", headers=notifications.staff)
    await notifications.all_finished(2)
    assert await notifications.statuses() == {"failed": 2}


async def test_metrics_count_deliveries(notifications, publisher, mail_server):
    def sent(text: str) -> float:
        wanted = 'semaine_deliveries_total{channel="email",kind="access",result="sent"} '
        return sum(float(line.removeprefix(wanted)) for line in text.splitlines() if line.startswith(wanted))

    before = sent((await notifications.http.get("/metrics")).text)
    await publisher.access(person(kind="organiser"), code="kq3vA1x0T9mB7cWd")
    await notifications.all_finished(1)
    after = (await notifications.http.get("/metrics")).text
    assert sent(after) == before + 1
    assert 'semaine_deliveries_pending{channel="webhook"}' in after


async def test_every_operation_is_described_with_examples(notifications):
    document = (await notifications.http.get("/openapi.json")).json()
    paths = {path: set(methods) for path, methods in document["paths"].items() if path.startswith("/v1")}
    assert paths == {
        "/v1/partners": {"get", "post"},
        "/v1/partners/{partner_id}": {"get", "patch", "delete"},
        "/v1/partners/{partner_id}/secret": {"post"},
        "/v1/partners/{partner_id}/test": {"post"},
        "/v1/partners/{partner_id}/replay": {"post"},
        "/v1/deliveries": {"get"},
        "/v1/deliveries/{delivery_id}/replay": {"post"},
        "/v1/digests/own": {"get", "put", "delete"},
        "/v1/digests/erasure": {"post"},
        "/v1/digests/export": {"post"},
        "/v1/digests/confirmation": {"post"},
        "/v1/partners/{partner_id}/digest": {"get", "put", "delete"},
        "/v1/kits/{event_id}": {"get"},
        "/v1/kits/{event_id}/poster": {"get"},
        "/v1/deliveries/{delivery_id}": {"get"},
        "/v1/notices/samples": {"get", "post"},
        "/v1/preferences/{token}": {"get"},
        "/v1/preferences/{token}/{kind}/subscription": {"post"},
        "/v1/preferences/{token}/{kind}/unsubscription": {"get", "post"},
    }
    assert all(
        operation["description"]
        for path in paths
        for operation in document["paths"][path].values()
    )  # fmt: skip


async def test_the_kit_is_there_while_the_event_has_the_label(notifications, publisher):
    edition, organiser = an_edition(), person(kind="organiser")
    await publisher.edition(edition)
    event = an_event(organiser, edition)
    path = f"/v1/kits/{event.id}"
    for status, expected in (("submitted", 404), ("labelled", 200), ("withdrawn", 404)):
        await publisher.event(event.model_copy(update={"status": status}), change=status, notify=False)
        await publisher.consumed()
        answer = await notifications.http.get(path)
        assert answer.status_code == expected, answer.text
        media_type = "application/zip" if expected == 200 else "application/problem+json"
        assert answer.headers["content-type"] == media_type


ACT = {
    "name": {"fr": "Semaine", "en": "Week"},
    "kind": "postponed",
    "previous_dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
    "dates": {"first_day": "2020-11-16", "last_day": "2020-11-22"},
    "terms": {"fr": "Tout rouvre.", "en": "All is open again."},
}


async def test_staff_see_what_people_would_be_told_of_an_act(notifications):
    http, staff = notifications.http, notifications.staff
    samples = (await http.post("/v1/notices/samples", json=ACT, headers=staff)).json()["samples"]
    assert {(each["name"], each["language"]) for each in samples} == {
        (f"act-{role}", language) for role in ("organiser", "attendee", "both", "waiting") for language in ("fr", "en")
    }
    english = next(each for each in samples if each["name"] == "act-both" and each["language"] == "en")
    assert "All is open again." in english["text"]
    assert "Tuesday 31 March 2020" in english["text"]
    assert "Tuesday 17 November 2020" in english["text"]
    everything = (await http.get("/v1/notices/samples", headers=staff)).json()["samples"]
    assert {"receipt", "labelled", "access", "act", "lapsed"} <= {each["kind"] for each in everything}
    assert (await http.get("/v1/notices/samples", headers=notifications.token("partner"))).status_code == 403


@pytest.mark.parametrize(("change", "field"), [
    ({"dates": None}, "dates"),
    ({"policy": "confirmation"}, "respond_by"),
    ({"kind": "party"}, "kind"),
    ({"dates": {"first_day": "2020-11-16", "last_day": 0}}, "dates.last_day"),
])  # fmt: skip
async def test_what_an_act_lacks_is_named(notifications, change, field):
    answer = await notifications.http.post("/v1/notices/samples", json={**ACT, **change}, headers=notifications.staff)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
