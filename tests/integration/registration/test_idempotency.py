"""Idempotency-Key on every POST but those of imports: one effect, the same answer, refusals included."""

import asyncio

import pytest

from shared.contracts.topics import CONTACTS, EVENTS, PARTICIPATIONS
from tests.integration.registration.world import act_content, event_content, organiser_content, person, unique


def _key():
    return {"Idempotency-Key": unique("key")}


async def _post(registration, path, body, *headers):
    merged = {name: value for each in headers for name, value in each.items()}
    return await registration.http.post(path, json=body, headers=merged)


@pytest.fixture
def posts_of_acts_and_persons(registration, edition, organiser):
    """As `posts`, for what moves an edition, and for a person's data."""

    async def confirming():
        token = (await registration.preview(edition)).json()["token"]
        one, other = act_content(token=token), act_content(token="another")
        return f"/v1/editions/{edition}/acts", one, other, registration.staff

    async def answering():
        event_id = await registration.labelled(edition, organiser)
        await registration.postponed(edition)
        one, other = ({"answer": answer, "act": 1} for answer in ("confirm", "withdraw"))
        return f"/v1/events/{event_id}/answer", one, other, organiser.headers

    async def erasing():
        one, other = ({"email": f"{unique('gone')}@example.org"} for _ in range(2))
        await registration.sign_up(await registration.labelled(edition, organiser), **one)
        return "/v1/persons/erasure", one, other, registration.staff

    return {
        "POST /v1/editions/{edition_id}/acts": confirming,
        "POST /v1/events/{event_id}/answer": answering,
        "POST /v1/persons/erasure": erasing,
    }


@pytest.fixture
def posts_of_waiting_and_own_data(registration, edition, organiser):
    """As `posts`, for who waits for a place, and for who asks after their own data."""

    async def waiting():
        event_id = await registration.labelled(edition, organiser, capacity=1)
        done = (await registration.sign_up(event_id)).json()["participation"]
        return done, await registration.wait(event_id)

    async def accepting():
        signed_up, entry = await waiting()
        await registration.cancel(entry["event_id"], signed_up["id"])
        await registration.waits_until(entry, "offered")
        return f"/v1/events/{entry['event_id']}/waiting/{entry['id']}/acceptance", None, {}, {}

    async def leaving():
        _, entry = await waiting()
        return f"/v1/events/{entry['event_id']}/waiting/{entry['id']}/departure", None, {}, {}

    async def asking():
        return "/v1/persons/own/access", {"email": "a@example.org"}, {"email": "b@example.org"}, {}

    async def erasing():
        event_id = await registration.labelled(edition, organiser)
        guest = person()
        contact_id = (await registration.sign_up(event_id, **guest)).json()["participation"]["contact_id"]
        (await registration.http.post("/v1/persons/own/access", json={"email": guest["email"]})).raise_for_status()
        code = (await registration.messages(CONTACTS, contact_id, count=2))[-1].body.access.code
        return "/v1/persons/own/erasure", {"code": code}, {"code": code[::-1]}, {}

    return {
        "POST /v1/events/{event_id}/waiting/{entry_id}/acceptance": accepting,
        "POST /v1/events/{event_id}/waiting/{entry_id}/departure": leaving,
        "POST /v1/persons/own/access": asking,
        "POST /v1/persons/own/erasure": erasing,
    }


@pytest.fixture
def posts(registration, edition, organiser, posts_of_acts_and_persons, posts_of_waiting_and_own_data):
    """By what it does: a path, a body, another body, and the caller; each as an organiser may send it."""

    async def registering():
        return "/v1/organisers", organiser_content(), organiser_content(), {}

    async def asking_for_access():
        return "/v1/organisers/access", {"email": "a@example.org"}, {"email": "b@example.org"}, {}

    async def exchanging():
        id_ = (await registration.organiser()).id
        code = await registration.access_code(id_, message=2)
        return "/v1/organisers/token", {"code": code}, {"code": code * 2}, {}

    async def submitting():
        one, other = ({"edition_id": edition, "event": event_content()} for _ in range(2))
        return "/v1/events", one, other, organiser.headers

    async def drafting():
        one, other = ({"edition_id": edition, "status": "draft", "event": {"title": title}} for title in "ab")
        return "/v1/events", one, other, organiser.headers

    async def submitting_a_draft():
        draft = await registration.draft(edition, organiser, event_content())
        return f"/v1/events/{draft['id']}/submission", None, {}, organiser.headers

    async def withdrawing():
        event = await registration.submit(edition, organiser)
        return f"/v1/events/{event['id']}/withdrawal", None, {}, organiser.headers

    async def signing_up():
        event_id = await registration.labelled(edition, organiser)
        return f"/v1/events/{event_id}/participations", person(), person(), {}

    async def cancelling():
        event_id = await registration.labelled(edition, organiser)
        done = (await registration.sign_up(event_id)).json()["participation"]
        return f"/v1/events/{event_id}/participations/{done['id']}/cancellation", None, {}, {}

    return (
        posts_of_acts_and_persons
        | posts_of_waiting_and_own_data
        | {
            "POST /v1/organisers": registering,
            "POST /v1/organisers/access": asking_for_access,
            "POST /v1/organisers/token": exchanging,
            "POST /v1/events": submitting,
            "POST /v1/events, a draft": drafting,
            "POST /v1/events/{event_id}/submission": submitting_a_draft,
            "POST /v1/events/{event_id}/withdrawal": withdrawing,
            "POST /v1/events/{event_id}/participations": signing_up,
            "POST /v1/events/{event_id}/participations/{participation_id}/cancellation": cancelling,
        }
    )


NAMES = [
    "POST /v1/organisers",
    "POST /v1/organisers/access",
    "POST /v1/organisers/token",
    "POST /v1/events",
    "POST /v1/events, a draft",
    "POST /v1/events/{event_id}/submission",
    "POST /v1/events/{event_id}/withdrawal",
    "POST /v1/events/{event_id}/participations",
    "POST /v1/events/{event_id}/participations/{participation_id}/cancellation",
    "POST /v1/editions/{edition_id}/acts",
    "POST /v1/events/{event_id}/answer",
    "POST /v1/persons/erasure",
    "POST /v1/events/{event_id}/waiting/{entry_id}/acceptance",
    "POST /v1/events/{event_id}/waiting/{entry_id}/departure",
    "POST /v1/persons/own/access",
    "POST /v1/persons/own/erasure",
]
CHANGE_NOTHING = {
    "POST /v1/editions/{edition_id}/acts/preview",
    "POST /v1/persons/export",
    "POST /v1/persons/own/export",  # but its code, which works once
}
IMPORTS = {"POST /v1/imports/events", "POST /v1/imports/participations"}


def test_every_post_is_tried(registration):
    """A new route has to be added here, or to the tests of imports."""
    paths = registration.service.http.openapi()["paths"]
    posts = {f"POST {path}" for path, operations in paths.items() if "post" in operations}
    assert posts == {name.partition(",")[0] for name in NAMES} | IMPORTS | CHANGE_NOTHING


@pytest.mark.parametrize("name", NAMES)
async def test_the_same_key_and_body_gives_the_same_answer(registration, posts, name):
    path, body, other, caller = await posts[name]()
    key = _key()
    first, again = [await _post(registration, path, body, caller, key) for _ in range(2)]
    assert first.is_success, first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("location") == first.headers.get("location")
    assert again.headers.get("content-type") == first.headers.get("content-type")
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    different = await _post(registration, path, other, caller, key)
    assert (different.status_code, different.json()["title"]) == (422, "Key already used")


@pytest.mark.parametrize("name", NAMES)
async def test_the_same_key_at_once_has_one_effect(registration, posts, name):
    path, body, _, caller = await posts[name]()
    key = _key()
    answers = await asyncio.gather(*(_post(registration, path, body, caller, key) for _ in range(6)))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].is_success, answers[0].text
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1


async def test_one_effect_is_one_event_and_one_sign_up(registration, edition, organiser):
    key = _key()
    body = {"edition_id": edition, "event": event_content()}
    answers = await asyncio.gather(*(_post(registration, "/v1/events", body, organiser.headers, key) for _ in range(5)))
    (event_id,) = {answer.json()["id"] for answer in answers}
    assert await registration.value("SELECT count(*) FROM events WHERE edition_id = $1", edition) == 1
    await registration.decide(event_id, "labelled")
    guest, path = person(), f"/v1/events/{event_id}/participations"
    answers = await asyncio.gather(*(_post(registration, path, guest, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    await registration.all_told()
    await registration.messages(EVENTS, event_id, count=2)
    await registration.messages(PARTICIPATIONS, event_id, count=1)


async def test_a_refusal_is_remembered(registration, edition, organiser):
    """What was refused once stays refused under this key, although it would go through now."""
    event_id = await registration.labelled(edition, organiser, capacity=1)
    first = (await registration.sign_up(event_id)).json()["participation"]
    key, guest, path = _key(), person(), f"/v1/events/{event_id}/participations"
    refused = await _post(registration, path, guest, key)
    assert refused.status_code == 409
    await registration.cancel(event_id, first["id"])
    again = await _post(registration, path, guest, key)
    assert (again.status_code, again.content) == (409, refused.content)
    assert again.headers["content-type"] == "application/problem+json"
    assert (await _post(registration, path, guest, _key())).status_code == 201


async def test_a_refusal_leaves_no_effect(registration, edition, organiser):
    """The places were taken before the refusal was known: they are free again."""
    event_id = await registration.labelled(edition, organiser, capacity=10)
    guest, path = person(), f"/v1/events/{event_id}/participations"
    await _post(registration, path, guest, _key())
    assert (await _post(registration, path, guest, _key())).status_code == 409
    assert (await registration.sign_up(event_id)).json()["places_left"] == 8
    await registration.lists_told(event_id, count=2)


async def test_a_key_is_its_callers_own(registration, edition, organiser):
    other = await registration.organiser()
    key = _key()
    for caller in (organiser, other):
        body = {"edition_id": edition, "event": event_content()}
        answer = await _post(registration, "/v1/events", body, caller.headers, key)
        assert (answer.status_code, answer.json()["organiser"]["id"]) == (201, caller.id)


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_has_a_length(registration, key):
    answer = await _post(registration, "/v1/organisers", organiser_content(), {"Idempotency-Key": key})
    assert answer.status_code == 422
