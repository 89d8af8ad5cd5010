"""Events: from draft to withdrawal, and what each step publishes."""

import asyncio
import json
from functools import reduce

import pytest

from shared.contracts.topics import CATALOGUE, EVENTS
from tests.integration.registration.world import event_content, unique


async def _submission(registration, draft_id, caller):
    return await registration.http.post(f"/v1/events/{draft_id}/submission", headers=caller)


async def _withdraw(registration, event_id, caller):
    return await registration.http.post(f"/v1/events/{event_id}/withdrawal", headers=caller)


async def _create(registration, edition, caller, content, **more):
    body = {"edition_id": edition, "event": content, **more}
    return await registration.http.post("/v1/events", json=body, headers=caller)


# Drafts


async def test_a_draft_may_lack_anything_and_is_published_when_it_is_complete(registration, edition, organiser):
    draft = await registration.draft(edition, organiser, {"title": "À venir"})
    path = f"/v1/events/{draft['id']}"
    assert draft["status"] == "draft"
    missing = await _submission(registration, draft["id"], organiser.headers)
    assert missing.status_code == 422
    assert {"description", "type", "slots", "place"} <= {error["field"] for error in missing.json()["errors"]}
    content = event_content()
    changed = await registration.amend(draft["id"], organiser.headers, content)
    assert (changed.status_code, changed.json()["event"]) == (200, content)
    assert (await registration.http.get(path, headers=organiser.headers)).json() == changed.json()
    submitted = await _submission(registration, draft["id"], organiser.headers)
    assert submitted.status_code == 200, submitted.text
    assert submitted.json()["id"] == draft["id"]
    assert await registration.events_told(draft["id"], count=1) == [("submitted", 1, "submitted")]
    assert (await registration.http.get(path, headers=organiser.headers)).json() == submitted.json()
    assert (await _submission(registration, draft["id"], organiser.headers)).status_code == 409


async def test_one_of_many_who_submit_a_draft_at_once_succeeds(registration, edition, organiser):
    draft = await registration.draft(edition, organiser, event_content())
    answers = await asyncio.gather(*(_submission(registration, draft["id"], organiser.headers) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    await registration.events_told(draft["id"], count=1)


@pytest.mark.parametrize(
    "content",
    [
        {"title": "\x00"},
        {"nested": {"deep": ["\x00"]}},
        {"\x00": 1},
        {"title": "\ud800"},
        {"price_cents": 10**30},
        {"deep": reduce(lambda inner, _: [inner], range(300), [])},
    ],
)
async def test_a_draft_that_cannot_be_kept_is_refused(registration, edition, organiser, content):
    draft = await registration.draft(edition, organiser, {})
    new = {"edition_id": edition, "status": "draft", "event": content}
    headers = {"Content-Type": "application/json", **organiser.headers}
    for method, path, body in (("POST", "/v1/events", new), ("PUT", f"/v1/events/{draft['id']}", content)):
        answer = await registration.http.request(method, path, content=json.dumps(body), headers=headers)
        assert answer.status_code == 422, answer.text


async def test_a_draft_belongs_to_an_edition_and_an_organiser_that_exist(registration, edition, organiser):
    assert (await _create(registration, unique("no"), organiser.headers, {}, status="draft")).status_code == 404
    nobody = "01a20b7b-6a1d-7589-a8fd-26207beacaf0"
    for body in ({"status": "draft"}, {"status": "submitted"}):
        answer = await _create(registration, edition, registration.staff, event_content(), organiser_id=nobody, **body)
        assert answer.status_code == 404
    unnamed = await _create(registration, edition, registration.staff, {}, status="draft")
    assert (unnamed.status_code, unnamed.json()["errors"][0]["field"]) == (422, "organiser_id")


# Submission


async def test_a_submitted_event_is_published_whole(registration, edition, organiser):
    content = event_content(reference="VISITE-01", place={"name": "Atelier", "latitude": 47.3, "longitude": -2.1})
    answer = await _create(registration, edition, organiser.headers, content)
    assert answer.status_code == 201, answer.text
    event = answer.json()
    assert answer.headers["location"] == f"/v1/events/{event['id']}"
    (told,) = await registration.messages(EVENTS, event["id"], count=1)
    assert told.body.event.model_dump(mode="json") == event
    assert told.body.notify
    for name in ("title", "description", "type", "themes", "audience", "price_cents", "capacity", "accessibility"):
        assert event[name] == content[name]
    assert (event["status"], event["revision"], event["reference"]) == ("submitted", 1, "VISITE-01")
    assert event["place"] | {"departement": "44", "region": "52", "commune": "44103"} == event["place"]
    assert event["time_zone"] == "Europe/Paris"
    assert (event["organiser"]["id"], event["duplicate_of"]) == (organiser.id, None)


async def test_the_time_zone_is_that_of_the_place(registration, edition, organiser):
    event = await registration.submit(edition, organiser, place={"postcode": "97400", "city": "Saint-Denis"})
    assert (event["time_zone"], event["place"]["departement"]) == ("Indian/Reunion", "974")
    assert event["slots"][0]["begin"] == "2090-03-28T09:00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " x "}, "title"),
        ({"type": "visit"}, "type"),
        ({"slots": []}, "slots"),
        ({"slots": [{"begin": "2090-03-28T12:00", "end": "2090-03-28T09:00"}]}, "slots.0"),
        ({"slots": [{"begin": "2090-03-28T12:00+02:00", "end": "2090-03-28T19:00"}]}, "slots.0.begin"),
        ({"place": {"postcode": ""}}, "place"),
        ({"place": {"url": "javascript:alert(1)"}}, "place.url"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"price_cents": -1}, "price_cents"),
        ({"titel": "x"}, "titel"),
    ],
)
async def test_what_is_wrong_with_an_event_is_named(registration, edition, organiser, changes, field):
    answer = await _create(registration, edition, organiser.headers, event_content(**changes))
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "planned"}, "planned"),
        ({"status": "closed"}, "closed"),
        ({"submission_deadline": "2020-03-17"}, "2020-03-17"),
    ],
)
async def test_an_edition_takes_events_while_it_is_open(registration, organiser, changes, words):
    edition = await registration.edition(**changes)
    answer = await _create(registration, edition, organiser.headers, event_content())
    assert answer.status_code == 409
    assert words in answer.json()["detail"]
    draft = await registration.draft(edition, organiser, event_content())
    assert (await _submission(registration, draft["id"], organiser.headers)).status_code == 409
    by_staff = await _create(registration, edition, registration.staff, event_content(), organiser_id=organiser.id)
    assert by_staff.status_code == 201


async def test_a_reference_is_used_once_by_an_organiser_in_an_edition(registration, edition, organiser):
    content = {"reference": "VISITE-01"}
    first = await registration.submit(edition, organiser, **content)
    again = await _create(registration, edition, organiser.headers, event_content(**content))
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "reference")
    await registration.submit(edition, await registration.organiser(), **content)
    await registration.submit(await registration.edition(), organiser, **content)
    other = await registration.submit(edition, organiser, reference="VISITE-02")
    taken = await registration.amend(other["id"], organiser.headers, event_content(**content))
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "reference")
    await registration.events_told(first["id"], count=1)
    await registration.events_told(other["id"], count=1)


async def test_one_of_many_with_the_same_reference_at_once_succeeds(registration, edition, organiser):
    answers = await asyncio.gather(
        *(_create(registration, edition, organiser.headers, event_content(reference="R")) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


# Amendment


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Autre visite de l'atelier"},
        {"description": "Autre description de l'atelier."},
        {"type": "workshop"},
        {"themes": []},
        {"audience": ["jobseekers"]},
        {"price_cents": 500},
        {"slots": [{"begin": "2090-03-29T09:00", "end": "2090-03-29T12:00"}]},
        {"place": {"mode": "onsite", "postcode": "59000", "city": "Lille"}},
    ],
)
async def test_a_judged_change_is_a_new_revision_to_decide(registration, edition, organiser, change):
    content = event_content()
    event = (await _create(registration, edition, organiser.headers, content)).json()
    await registration.decide(event["id"], "labelled")
    amended = await registration.amend(event["id"], organiser.headers, content | change)
    assert amended.status_code == 200, amended.text
    assert await registration.events_told(event["id"], count=3) == [
        ("submitted", 1, "submitted"),
        ("labelled", 1, "labelled"),
        ("amended", 2, "submitted"),
    ]


@pytest.mark.parametrize(
    "change", [{"capacity": 100}, {"capacity": None}, {"accessibility": ["hi"]}, {"reference": "R"}]
)
async def test_what_the_charter_does_not_judge_keeps_the_revision_and_the_label(
    registration, edition, organiser, change
):
    content = event_content()
    event = (await _create(registration, edition, organiser.headers, content)).json()
    await registration.decide(event["id"], "labelled")
    amended = await registration.amend(event["id"], organiser.headers, content | change)
    assert (amended.json()["status"], amended.json()["revision"]) == ("labelled", 1)
    told = await registration.events_told(event["id"], count=3)
    assert told[2] == ("amended", 1, "labelled")
    catalogue = await registration.messages(CATALOGUE, event["id"], count=2)
    assert [each.change for each in catalogue] == ["published", "changed"]
    assert catalogue[1].body.event.model_dump(mode="json") == amended.json()


async def test_the_same_content_again_publishes_nothing(registration, edition, organiser):
    content = event_content()
    event = (await _create(registration, edition, organiser.headers, content)).json()
    for same in (content, content | {"themes": ["recruitment", "recruitment"], "title": f"  {content['title']} "}):
        again = await registration.amend(event["id"], organiser.headers, same)
        assert again.json() == event
    await registration.amend(event["id"], organiser.headers, content | {"capacity": 41})
    assert [change for change, *_ in await registration.events_told(event["id"], count=2)] == ["submitted", "amended"]


async def test_slots_are_a_set_and_said_in_order(registration, edition, organiser):
    first, second = (
        {"begin": "2090-03-28T09:00", "end": "2090-03-28T12:00"},
        {"begin": "2090-03-29T09:00", "end": "2090-03-29T12:00"},
    )
    content = event_content(slots=[second, first, second])
    event = (await _create(registration, edition, organiser.headers, content)).json()
    assert [slot["begin"][:10] for slot in event["slots"]] == ["2090-03-28", "2090-03-29"]
    again = await registration.amend(event["id"], organiser.headers, content | {"slots": [first, second]})
    assert again.json() == event


async def test_amendments_at_once_leave_no_gap(registration, edition, organiser):
    content = event_content()
    event = (await _create(registration, edition, organiser.headers, content)).json()
    answers = await asyncio.gather(
        *(registration.amend(event["id"], organiser.headers, content | {"capacity": 50 + n}) for n in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    await registration.events_told(event["id"], count=11)


# Withdrawal


async def test_a_withdrawn_event_leaves_the_programme_for_good(registration, edition, organiser):
    event_id = await registration.labelled(edition, organiser)
    for _ in range(2):
        answer = await _withdraw(registration, event_id, organiser.headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert (await registration.amend(event_id, organiser.headers, event_content())).status_code == 409
    await registration.decide(event_id, "refused")
    told = await registration.events_told(event_id, count=3)
    assert told[-1] == ("withdrawn", 1, "withdrawn")
    assert not (await registration.messages(EVENTS, event_id, count=3))[-1].body.told_by_act
    catalogue = await registration.messages(CATALOGUE, event_id, count=2)
    assert [each.change for each in catalogue] == ["published", "tombstone"]
    assert (await registration.http.get(f"/v1/events/{event_id}")).status_code == 404


async def test_withdrawal_and_amendments_at_once_wait_for_each_other(registration, edition, organiser):
    """They take the same locks in the same order: a deadlock would make one of them fail."""
    for _ in range(5):
        content = event_content()
        event = (await _create(registration, edition, organiser.headers, content)).json()
        answers = await asyncio.gather(
            *(registration.amend(event["id"], organiser.headers, content | {"capacity": 50 + n}) for n in range(4)),
            _withdraw(registration, event["id"], organiser.headers),
            *(registration.amend(event["id"], organiser.headers, content | {"capacity": 60 + n}) for n in range(4)),
        )
        assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
        assert answers[4].status_code == 200


# The programme


async def test_the_public_sees_the_programme_alone(registration, edition, organiser):
    labelled = await registration.labelled(edition, organiser)
    submitted = (await registration.submit(edition, organiser))["id"]
    await registration.draft(edition, organiser, {})

    async def seen(headers, **parameters):
        answer = await registration.http.get("/v1/events", params={"edition": edition, **parameters}, headers=headers)
        return {event["id"] for event in answer.json()["events"]}

    both = {labelled, submitted}
    other = await registration.organiser()
    assert await seen({}) == {labelled}
    assert await seen(organiser.headers) == {labelled}
    assert await seen(organiser.headers, organiser=organiser.id) == both
    assert await seen(other.headers, organiser=organiser.id) == {labelled}
    assert await seen(registration.bearer("partner", organiser.id), organiser=organiser.id) == {labelled}
    assert await seen(registration.staff) == both
    assert await seen(registration.staff, status="submitted") == {submitted}
    assert await seen({}, status="submitted") == set()
    assert await seen({}, departement="44") == {labelled}
    assert await seen({}, departement="45") == set()


async def test_an_amended_event_is_shown_as_it_was_until_it_is_decided_again(registration, edition, organiser):
    content = event_content(title="Visite de la fonderie")
    event = (await _create(registration, edition, organiser.headers, content)).json()
    path = f"/v1/events/{event['id']}"
    await registration.decide(event["id"], "labelled")
    await registration.amend(event["id"], organiser.headers, content | {"title": "Grande braderie"})

    async def title(headers):
        one = (await registration.http.get(path, headers=headers)).json()["title"]
        listed = await registration.http.get(
            "/v1/events", params={"edition": edition, "organiser": organiser.id}, headers=headers
        )
        assert [found["title"] for found in listed.json()["events"]] == [one]
        return one

    assert await title({}) == "Visite de la fonderie"
    assert await title((await registration.organiser()).headers) == "Visite de la fonderie"
    assert await title(organiser.headers) == "Grande braderie"
    assert await title(registration.staff) == "Grande braderie"
    await registration.messages(CATALOGUE, event["id"], count=1)
    await registration.decide(event["id"], "labelled", revision=2)
    assert await title({}) == "Grande braderie"


async def test_events_are_listed_page_by_page(registration, edition, organiser):
    ids = {(await registration.submit(edition, organiser))["id"] for _ in range(5)}
    found, after = [], {}
    while True:
        parameters = {"edition": edition, "limit": 2, **after}
        page = (await registration.http.get("/v1/events", params=parameters, headers=registration.staff)).json()
        found += [event["id"] for event in page["events"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == sorted(ids)
